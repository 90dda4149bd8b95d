// Why a message is here: on what ground, what the gates saw, what was tried, until when it stays. Pure: facts in, sentences out. It
// repeats what the gates decided then (ground-of.ts) and judges nothing anew. Called by explanation.ts.

import { dayMs, limits } from '../ground/limits.ts'
import type { FailureWords } from '../meta/failure-words.ts'
import type { Ground } from './ground-of.ts'

export type ConsentPurpose = 'marketing' | 'utility' | 'authentication' | 'service'

export type ExplainFacts = {
  direction: 'in' | 'out'
  origin: 'placeholder' | 'history' | 'echo' | 'live' | 'api'
  type: string
  at: number
  status: string
  failure: FailureWords | null
  /** As it was kept when the gates let it pass; null: it did not go through them, or before this was kept. */
  ground: Ground | null
  /** Of a message that nobody kept a ground of: what the person had last written before. */
  heardBefore: number | null
  /** In lower case, as Meta last told; null: not known here. */
  templateCategory: string | null
  /** What stood for each purpose when it was sent. */
  consents: { purpose: ConsentPurpose; state: 'given' | 'withdrawn'; at: number; source: string }[]
  /** The business's rule for messages, in days; null: none. */
  retentionDays: number | null
}

type Sentence<N extends string = string> = { name: N; sentence: string }
export type Basis =
  | 'asked'
  | 'answer'
  | 'consent'
  | 'no_consent'
  | 'service'
  | 'request'
  | 'elsewhere'
  | 'unknown'
export type GateState = 'passed' | 'not needed'

export type Explanation = {
  basis: Sentence & { kind: Basis }
  window: { state: 'open' | 'closed'; until: number | null; sentence: string } | null
  gates: { gate: string; state: GateState }[]
  attempts: { at: number; sentence: string }[]
  price: { category: string; sentence: string } | null
  retention: { until: number | null; sentence: string }
  meta: { until: number; sentence: string }
}

export function explain(facts: ExplainFacts): Explanation {
  return {
    basis: basisOf(facts),
    window: windowOf(facts),
    gates: gatesOf(facts.ground),
    attempts: attemptsOf(facts),
    price: priceOf(facts),
    retention: retentionOf(facts),
    meta: {
      until: facts.at + limits.metaCopiesMs,
      sentence: 'Meta keeps its own copy for at most 30 days after it was sent.',
    },
  }
}

const basis = (kind: Basis, name: string, sentence: string) => ({ kind, name, sentence })

function basisOf(facts: ExplainFacts): Explanation['basis'] {
  const { direction, ground, origin } = facts
  if (direction === 'in')
    return basis(
      'asked',
      'The person wrote',
      'They wrote to the business, which keeps it to be able to answer.',
    )
  if (!ground)
    return origin === 'echo' || origin === 'history'
      ? basis(
          'elsewhere',
          'Written on the phone',
          'It was sent from the WhatsApp Business app or before the number was connected. Our gates were not asked.',
        )
      : basis('unknown', 'Not kept', 'On what ground it was sent was not kept with it.')
  if (ground.basis === 'request')
    return basis(
      'request',
      'The person’s own request',
      'It answers what the person asked for about their data, so it may reach them though they are to be left alone.',
    )
  if (ground.basis === 'answer')
    return basis('answer', 'An answer', 'It answers what the person wrote within the last 24 hours.')
  return templateBasis(facts)
}

function templateBasis({ ground, templateCategory, consents }: ExplainFacts): Explanation['basis'] {
  const purpose = ground?.basis === 'marketing' ? 'marketing' : templateCategory
  const stands = consents.find((consent) => consent.purpose === purpose)
  if (stands?.state === 'given')
    return basis(
      'consent',
      `Consent to ${stands.purpose}`,
      `The person agreed before it was sent; the proof is kept with the contact (${stands.source.replaceAll('_', ' ')}).`,
    )
  if (stands?.state === 'withdrawn')
    return basis(
      'no_consent',
      'Consent was taken back',
      `The person had taken back their consent to ${stands.purpose} before it was sent.`,
    )
  if (purpose === 'utility' || purpose === 'authentication')
    return basis(
      'service',
      'Something under way',
      'It concerns an order, an account or another thing between the person and the business. No consent of theirs is kept here.',
    )
  return basis(
    'no_consent',
    'No consent kept here',
    'The business began. A consent that is kept elsewhere must be shown from there.',
  )
}

function windowOf({ direction, ground, heardBefore, at }: ExplainFacts): Explanation['window'] {
  if (direction === 'in') return null
  const until = ground ? ground.windowUntil : heardBefore === null ? null : heardBefore + limits.windowMs
  if (until !== null && until > at)
    return { state: 'open', until, sentence: 'The 24 hours after the person’s last message were running.' }
  return {
    state: 'closed',
    until: null,
    sentence: 'The 24 hours were over, or the person had never written: only a template may be sent then.',
  }
}

/** In the order in which they are asked. What did not go through them passed none. */
function gatesOf(ground: Ground | null): Explanation['gates'] {
  if (!ground) return []
  const asked = (gate: string, needed = true) => ({
    gate,
    state: needed ? ('passed' as const) : ('not needed' as const),
  })
  const begun = ground.basis === 'template' || ground.basis === 'marketing'
  return [
    asked('account'),
    asked('frozen'),
    asked('number'),
    asked('recipient'),
    asked('erased'),
    asked('restricted', ground.basis !== 'request'),
    asked('objected', begun),
    asked('consent', begun),
    asked('window', ground.windowUntil !== null),
    asked('content'),
  ]
}

function attemptsOf({ direction, status, failure, at }: ExplainFacts): Explanation['attempts'] {
  if (direction === 'in') return []
  if (status === 'waiting')
    return [{ at, sentence: 'It waits here until the number is connected again. Meta has not got it.' }]
  const handed = { at, sentence: 'It was put on record and handed to Meta, once.' }
  if (status === 'unknown')
    return [{ ...handed, sentence: `${handed.sentence} Meta has not said what became of it.` }]
  return failure && status === 'failed'
    ? [{ ...handed, sentence: `${handed.sentence} ${failure.title}. ${failure.meaning}` }]
    : [handed]
}

function priceOf({ direction, ground, templateCategory, status }: ExplainFacts): Explanation['price'] {
  if (direction === 'in' || !ground || status === 'failed') return null
  const category =
    ground.basis === 'marketing' ? 'marketing' : ground.basis === 'template' ? templateCategory : 'service'
  return category === null ? null : { category, sentence: `For the price, Meta counts it as ${category}.` }
}

function retentionOf({ at, retentionDays }: ExplainFacts): Explanation['retention'] {
  return retentionDays === null
    ? { until: null, sentence: 'It stays until the person, the business or a rule has it deleted.' }
    : {
        until: at + retentionDays * dayMs,
        sentence: `The business keeps messages for ${retentionDays} days.`,
      }
}
