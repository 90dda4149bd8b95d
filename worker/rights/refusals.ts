// Why a request can be refused: a closed list, each with words for the person. Every refusal names where to complain. Pure.
// Called by requests.ts and the doors. Source: GDPR Art. 12(4)-(5), 15(4), 17(3); DPDP Act s. 12(3), s. 13.

import type { Authority } from '../../db/clocks.ts'
import { operator } from '../../db/operator.ts'
import { clocksNamed } from './clocks.ts'

export type RefusalCode =
  | 'legal_obligation'
  | 'legal_claims'
  | 'others_rights'
  | 'manifestly_excessive'
  | 'not_identified'
  | 'not_held'
  | 'sole_owner'

/** `by`: who may give this reason. */
type Refusal = { says: string; by: 'business' | 'us' }

export const refusalReasons: Record<RefusalCode, Refusal> = {
  legal_obligation: {
    says: 'A law obliges the business to keep this data for now. It is used for nothing else.',
    by: 'business',
  },
  legal_claims: {
    says: 'The data is needed to establish, exercise or defend legal claims.',
    by: 'business',
  },
  others_rights: {
    says: 'Doing this would take away from the rights of other people.',
    by: 'business',
  },
  manifestly_excessive: {
    says: 'The same was asked so often, or so without ground, that the law allows to refuse it.',
    by: 'business',
  },
  not_identified: {
    says: 'It could not be made sure that the data is about the person who asks.',
    by: 'business',
  },
  not_held: {
    says: 'Nothing is held any more that this request could be about.',
    by: 'us',
  },
  sole_owner: {
    says: 'You are the only owner of a workspace. Make somebody else an owner first, or ask for deletion of the whole workspace; then ask again.',
    by: 'us',
  },
}

const isCode = (code: string): code is RefusalCode => Object.hasOwn(refusalReasons, code)

export const allReasons = Object.keys(refusalReasons) as [RefusalCode, ...RefusalCode[]]

/** The reasons that a business can give. */
export const businessReasons = allReasons.filter((code) => refusalReasons[code].by === 'business') as [
  RefusalCode,
  ...RefusalCode[],
]

export type RefusalView = { code: string; says: string; complainTo: Authority[] }

/** What the person is told: the reason in words, and where to go with it. We come first, then whoever watches over each law. */
export function refusalView(code: string, regimes: string): RefusalView {
  const authorities = clocksNamed(regimes).map(({ authority }) => authority)
  const seen = new Map(authorities.map((authority) => [authority.url, authority]))
  return {
    code,
    says: isCode(code) ? refusalReasons[code].says : 'The request was refused.',
    complainTo: [
      { name: `${operator.name}, complaints`, url: `mailto:${operator.grievance}` },
      ...seen.values(),
    ],
  }
}
