// What a person's consents come to, whatever order they were written down in. Pure. Called by the gates before a message and
// by what the API says of a contact; `consentGiven` in record.ts says the same in SQL.

export const purposes = ['marketing', 'utility', 'authentication', 'service'] as const
export type Purpose = (typeof purposes)[number]

export type ConsentFact = {
  purpose: Purpose
  state: 'given' | 'withdrawn'
  source: string
  /** When the person said so (epoch ms). */
  at: number
}

export type Standing = { state: 'given' | 'withdrawn' | 'none'; at: number | null; source: string | null }

/**
 * The newest word stands; of two in the same instant, the withdrawal. A list never brings back what a person took back: what
 * came with an import counts only while there is no withdrawal at all.
 */
export function standingOf(facts: readonly ConsentFact[], purpose: Purpose): Standing {
  const own = facts.filter((fact) => fact.purpose === purpose)
  const withdrawn = newest(own.filter(({ state }) => state === 'withdrawn'))
  const given = newest(
    own.filter(
      ({ state, source, at }) =>
        state === 'given' && (withdrawn === undefined || (source !== 'import' && at > withdrawn.at)),
    ),
  )
  const standing = given ?? withdrawn
  return standing
    ? { state: standing.state, at: standing.at, source: standing.source }
    : { state: 'none', at: null, source: null }
}

export const standingsOf = (facts: readonly ConsentFact[]): Record<Purpose, Standing> =>
  Object.fromEntries(purposes.map((purpose) => [purpose, standingOf(facts, purpose)])) as Record<
    Purpose,
    Standing
  >

/** Of two in the same instant, the one whose source comes first: the order of rows decides nothing. */
const newest = (facts: readonly ConsentFact[]): ConsentFact | undefined =>
  facts.reduce<ConsentFact | undefined>(
    (best, fact) =>
      best === undefined || fact.at > best.at || (fact.at === best.at && fact.source < best.source)
        ? fact
        : best,
    undefined,
  )
