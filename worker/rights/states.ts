// Which way a request can go, and by whom. Pure. Called by requests.ts, errands.ts and the doors.
//
//   waiting  → granted    the business, or silence
//            → refused    the business (about a contact), us (about members and visitors)
//            → withdrawn  the person
//   granted  → done       what was asked for is done
//            → refused    it cannot be done (the only owner of a workspace; nothing is held any more)
//            → withdrawn  the person, while nothing was done yet

import type { RequestType } from './clocks.ts'

export type RequestState = 'waiting' | 'granted' | 'done' | 'refused' | 'withdrawn'
export type SubjectKind = 'contact' | 'member' | 'visitor'
export type LetThrough = 'at_once' | 'decide'
export type Party = 'person' | 'business' | 'us' | 'silence'
export type Step = 'grant' | 'refuse' | 'withdraw' | 'finish'

const ways: Record<Step, { from: RequestState[]; to: RequestState }> = {
  grant: { from: ['waiting'], to: 'granted' },
  refuse: { from: ['waiting', 'granted'], to: 'refused' },
  withdraw: { from: ['waiting', 'granted'], to: 'withdrawn' },
  finish: { from: ['granted'], to: 'done' },
}

export const stateAfter = (step: Step): RequestState => ways[step].to

/** Only about its contacts does a business decide; and nobody waits to be spared advertising (GDPR Art. 21(3)). */
export const opensAs = (kind: SubjectKind, type: RequestType, rule: LetThrough): 'waiting' | 'granted' =>
  kind === 'contact' && type !== 'object' && rule === 'decide' ? 'waiting' : 'granted'

export type Standing = {
  state: RequestState
  type: RequestType
  subjectKind: SubjectKind
  /** A deletion of this request has begun. */
  begun: boolean
}

/** Whether this party may take this step now. */
export function may(party: Party, step: Step, { state, type, subjectKind, begun }: Standing): boolean {
  if (!ways[step].from.includes(state)) return false
  switch (step) {
    case 'grant':
      return subjectKind === 'contact' && (party === 'business' || party === 'silence')
    case 'refuse':
      if (begun) return false
      return party === 'us' || (party === 'business' && subjectKind === 'contact' && state === 'waiting')
    case 'withdraw':
      // A granted deletion may be on its way already, whether it is noted yet or not.
      return party === 'person' && !begun && (state === 'waiting' || type !== 'delete')
    case 'finish':
      // What we do ourselves is done when it is done, not when somebody says so.
      if (party === 'us') return true
      return party === 'business' && subjectKind === 'contact' && type === 'correct'
  }
}

/** Open: a second request of the same kind is this one. */
export const isOpen = (state: RequestState): boolean => state === 'waiting' || state === 'granted'
