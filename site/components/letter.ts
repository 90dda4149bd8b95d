// The letter of the contact form: what people may choose, and what is wrong with what they typed. Pure. Called by
// contact-form.ts and its page.

import { limits } from '../../worker/ground/limits.ts'

const nameChars = 200

export const topics: { value: string; text: string }[] = [
  { value: 'question', text: 'A question' },
  { value: 'business', text: 'Using this for my business' },
  { value: 'privacy', text: 'Privacy, or my data' },
  { value: 'security', text: 'A security problem' },
  { value: 'other', text: 'Something else' },
]

export type LetterErrors = Partial<Record<'email' | 'name' | 'topic' | 'text', string>>

/** What is wrong, by field; nothing when the letter can be sent. The API decides again. */
export function letterErrors(given: Record<string, string>): LetterErrors {
  const { email = '', name = '', topic = '', text = '' } = given
  const errors: LetterErrors = {}
  if (email === '') errors.email = 'We need an address to answer to.'
  else if (email.length > 254 || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    errors.email = 'This does not look like an e-mail address. It has the form name@example.com.'
  if (name.length > nameChars) errors.name = `A name has at most ${nameChars} characters here.`
  if (!topics.some(({ value }) => value === topic)) errors.topic = 'Please choose what it is about.'
  if (text === '') errors.text = 'Please write what it is about.'
  else if (text.length > limits.letterChars)
    errors.text = `This is longer than ${limits.letterChars.toLocaleString('en-GB')} characters. Please shorten it, or write an e-mail.`
  return errors
}
