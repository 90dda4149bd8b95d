// The way of a letter from the form on /contact to the API of this same Worker, and what the page says then.

import { type LetterErrors, letterErrors } from './letter.ts'
import { askApi, readForm, type Visit } from './public-api.ts'

export type LetterForm = {
  given: Record<string, string>
  errors: LetterErrors
  /** What the page as a whole has to say; `none` before anything was sent. */
  outcome: 'none' | 'taken' | 'wrong' | 'too_many' | 'failed'
}

const outcomes: Record<number, LetterForm['outcome']> = {
  400: 'wrong',
  413: 'wrong',
  422: 'wrong',
  429: 'too_many',
}

/** Sends what came with a POST; anything else is an empty form. What was typed is always given back. */
export async function sendLetter(visit: Visit): Promise<LetterForm> {
  if (visit.request.method !== 'POST') return { given: {}, errors: {}, outcome: 'none' }
  const given = await readForm(visit)
  const errors = letterErrors(given)
  if (Object.keys(errors).length > 0) return { given, errors, outcome: 'wrong' }
  const { email = '', name, topic, text = '', website = '' } = given
  const letter = { email, topic, text, website, ...(name ? { name } : {}) }
  const answer = await askApi(visit, '/letters', letter)
  if (answer.ok) return { given, errors: {}, outcome: 'taken' }
  const outcome = outcomes[answer.status] ?? 'failed'
  return {
    given,
    errors: outcome === 'wrong' ? { email: 'This address was not taken. Please look at it once more.' } : {},
    outcome,
  }
}
