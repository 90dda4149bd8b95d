// What the shared steps look at: answers of the gateway, what left Meta, what stands in the API, the neighbour.
// Called by steps.ts.

import { expect } from 'vitest'
import { ana } from '../../simulators/meta/cast.ts'
import { api, conversations, type Message, messagesWith, type Place, sim, until } from './place.ts'

export type Outgoing = {
  id: string
  person: string | null
  payload: Record<string, unknown>
  rendered: { body?: string } | null
  dropped: boolean
}

const course = ['unknown', 'accepted', 'sent', 'delivered']

/** Keeps a copy of every answer of the gateway; whoever asked gets theirs untouched. */
export function overhear(origin: () => string | undefined): { heard: string[]; stop: () => void } {
  const real = globalThis.fetch
  const heard: string[] = []
  const listening: typeof fetch = async (input, init) => {
    const answer = await real(input, init)
    const from = origin()
    if (from !== undefined && answer.url.startsWith(from)) {
      heard.push(JSON.stringify([...answer.headers]), await answer.clone().text())
    }
    return answer
  }
  globalThis.fetch = listening
  const stop = (): void => {
    globalThis.fetch = real
  }
  return { heard, stop }
}

export const outbox = async (place: Place, phoneNumberId: string): Promise<Outgoing[]> =>
  (await sim<{ data: Outgoing[] }>(place, `outbox?phone_number_id=${phoneNumberId}`)).data

export const messageOf = async (place: Place, wamid: string): Promise<Message | undefined> =>
  (await messagesWith(place, place.sol, ana.phone)).find((message) => message.wamid === wamid)

/** Everything the neighbour can see, and everything that left in its name. */
export async function neighbour(place: Place): Promise<string> {
  const known = await conversations(place, place.books)
  const messages = await Promise.all(
    known.map(({ id }) => api(place, place.books, `conversations/${id}/messages`)),
  )
  return JSON.stringify([known, messages, await outbox(place, place.books.phoneNumberId)])
}

/** Reads the message's status until it is delivered; on the way it only grows. */
export async function growsToDelivered(place: Place, wamid: string): Promise<Message> {
  const seen: number[] = []
  const delivered = await until(`${wamid} delivered`, async () => {
    const message = await messageOf(place, wamid)
    if (message) seen.push(course.indexOf(message.status ?? ''))
    return message?.status === 'delivered' ? message : undefined
  })
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(seen).not.toContain(-1)
  return delivered
}
