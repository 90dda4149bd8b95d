// What a contact is told in the chat about a request, in plain words. Pure. Called by tell.ts.

import { operator } from '../../db/operator.ts'
import type { RequestType } from './clocks.ts'
import { refusalView } from './refusals.ts'

export type Told =
  | { kind: 'granted' | 'refused' | 'done' | 'lifted' | 'withdrawn' }
  | { kind: 'message'; text: string }

const askedFor: Record<RequestType, string> = {
  access: 'access to your data',
  export: 'a copy of your data',
  delete: 'deletion of your data',
  correct: 'a correction of your data',
  object: 'no more messages that you did not ask for',
  restrict: 'your data to be left alone',
}

const granted: Record<RequestType, string> = {
  access: 'You can have it prepared on this page:',
  export: 'You can have it prepared on this page:',
  delete: 'Your data is being erased. Follow it here:',
  correct: 'It is being corrected. Follow it here:',
  object: 'You will get no message that you did not ask for.',
  restrict: 'Your data is kept, and nothing else is done with it.',
}

type Facts = { type: RequestType; refusal: string | null; regimes: string }

/** A link to the page of the request follows. What somebody wrote is not repeated here: it stands on the page. */
export function toldText({ type, refusal, regimes }: Facts, told: Told): string {
  const request = `You asked for ${askedFor[type]}.`
  switch (told.kind) {
    case 'granted':
      return `${request} It was granted. ${granted[type]}`
    case 'done':
      return `${request} It is done.`
    case 'message':
      return `${request} There is a message about it:`
    case 'withdrawn':
      return `${request} It was taken back on its page. If that was not you, ask again here in the chat.`
    case 'lifted':
      return `${request} From now on the business uses your data again as before.`
    case 'refused': {
      const { says, complainTo } = refusalView(refusal ?? '', regimes)
      return `${request} It was refused. ${says} You can complain to: ${complainTo.map(({ name }) => name).join('; ')}.`
    }
  }
}

/** Under whatever goes to a person in the chat: whom to ask, whom to complain to (DPDP Act s. 8(9)). */
export const answerable = `Questions: ${operator.contact}. Complaints: ${operator.grievance}.`
