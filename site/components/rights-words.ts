// Requests about one's own data in words that anybody understands: kinds, states, whom they go to, and what to do when a
// form was refused. The one place where they are named for people.

import { operator } from '../../db/operator.ts'

export const requestTypes = ['delete', 'export', 'access', 'correct', 'object', 'restrict'] as const
export type RequestType = (typeof requestTypes)[number]

type Words = {
  /** As a choice in a form. */
  choice: string
  /** As the heading of its page. */
  title: string
  /** What it does, in one sentence. */
  says: string
}

export const types: Record<RequestType, Words> = {
  delete: {
    choice: 'Delete my data',
    title: 'Deletion',
    says: 'Everything that is held about you is deleted, and you get a receipt.',
  },
  export: {
    choice: 'Give me a copy to take along',
    title: 'Export',
    says: 'You get your data as files that people and programs can read.',
  },
  access: {
    choice: 'Tell me what is held about me',
    title: 'Access',
    says: 'You get to know what is held about you, why, for how long, and a copy of it.',
  },
  correct: {
    choice: 'Correct something about me',
    title: 'Correction',
    says: 'What is wrong about you is put right.',
  },
  object: {
    choice: 'Object to how my data is used',
    title: 'Objection',
    says: 'You say that your data shall not be used in a certain way. Advertising stops at once.',
  },
  restrict: {
    choice: 'Keep my data, but do not use it',
    title: 'Restriction',
    says: 'Your data stays where it is and is not used while something is being cleared up.',
  },
}

/** `delete` for whatever is not a type. */
export const typeOf = (given: string | null | undefined): RequestType =>
  requestTypes.find((type) => type === given) ?? 'delete'

type State = 'waiting' | 'granted' | 'done' | 'refused' | 'withdrawn'
type Standing = {
  type: RequestType
  state: State
  controller: { kind: 'business' | 'us'; name: string }
  package: { state: 'building' | 'ready' | 'failed' | 'expired'; encrypted: boolean } | null
}

/** How a request stands, in a heading and a sentence. */
export function standingWords({ type, state, controller, package: copy }: Standing): {
  title: string
  says: string
} {
  const business = controller.kind === 'business' ? controller.name : undefined
  switch (state) {
    case 'waiting':
      return {
        title: 'Waiting for an answer',
        says: business
          ? `${business} has your request. It can agree, or refuse with a reason. If it says nothing, the request is let through.`
          : 'We have your request and are looking at it.',
      }
    case 'granted':
      if (type === 'export' || type === 'access') return copyWords(copy)
      return { title: 'Granted', says: 'It is being done.' }
    case 'done':
      return { title: 'Done', says: 'The request was carried out.' }
    case 'refused':
      return {
        title: 'Refused',
        says: 'The request was refused. The reason stands below, and what you can do.',
      }
    case 'withdrawn':
      return { title: 'Withdrawn', says: 'You took the request back. Nothing was done.' }
  }
}

const copyWords = (copy: Standing['package']): { title: string; says: string } => {
  if (copy?.state === 'building')
    return { title: 'Your copy is being prepared', says: 'It is ready in a minute, mostly.' }
  if (copy?.state === 'ready')
    return {
      title: 'Your copy is ready',
      says: copy.encrypted
        ? 'It is locked to the page in which it was prepared, and opens there alone.'
        : 'Download it before it is deleted.',
    }
  return { title: 'Your copy can be prepared', says: 'The request is granted. One button is left to press.' }
}

export const speakers: Record<'person' | 'business' | 'us', string> = {
  person: 'You',
  business: 'The business',
  us: operator.name,
}

/** `waitSeconds` is what the answer of the page says to programs. */
export type Trouble = { title: string; says: string; waitSeconds?: number | undefined }
type Refused = { status: number; waitSeconds?: number | undefined }

const plural = (n: number, one: string, unit: string): string => (n === 1 ? one : `${n} ${unit}`)
/** Never shorter than it is: who comes back too early is turned away again. */
function waitText(seconds: number): string {
  if (seconds < 3_600) return plural(Math.max(1, Math.ceil(seconds / 60)), 'a minute', 'minutes')
  if (seconds < 86_400) return plural(Math.ceil(seconds / 3_600), 'an hour', 'hours')
  return plural(Math.ceil(seconds / 86_400), 'a day', 'days')
}

/** Why a form was not taken though nothing in it is wrong, and what to do; undefined when something in it is. */
export function troubleOf({ status, waitSeconds }: Refused): Trouble | undefined {
  if (status === 429)
    return {
      title: 'That was too often',
      says: `So that nobody is flooded, this can be done only so many times. Please try again in ${waitSeconds === undefined ? 'a while' : waitText(waitSeconds)}.`,
      waitSeconds,
    }
  if (status >= 500)
    return {
      title: 'This does not work right now',
      says: `It is our fault, not yours, and nothing was changed. Please try again in a few minutes, or write to ${operator.contact}.`,
      waitSeconds,
    }
  return undefined
}

/** The choices of every form. */
export const typeOptions = requestTypes.map((type) => ({ value: type, text: types[type].choice }))
