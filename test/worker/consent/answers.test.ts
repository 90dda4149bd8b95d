// What is said in the chat.

import { describe, expect, it } from 'vitest'
import { type Answer, answerText } from '../../../worker/consent/answers.ts'
import { languages, recogniseWish } from '../../../worker/consent/keywords.ts'

const contact = 'privacy@gateway.test'
const url = 'https://gateway.test/data-deletion/abc'
const dueAt = Date.UTC(2031, 4, 6, 7, 8)
const answers: Answer[] = [
  ...(['access', 'export', 'delete', 'correct', 'object', 'restrict'] as const).flatMap((type) => [
    { says: 'received' as const, type, url, dueAt },
    { says: 'again' as const, type, url, dueAt },
  ]),
  { says: 'stopped' },
  { says: 'started' },
  { says: 'over', url },
]

describe('an answer in the chat', () => {
  const all = languages.flatMap((language) =>
    answers.map((answer) => ({ language, answer, text: answerText(answer, language.tag, contact) })),
  )

  it('names whom to write to, leaves nothing to fill in, and is short', () => {
    for (const { text } of all) {
      expect(text).toContain(contact)
      expect(text).not.toMatch(/[{}]|undefined/)
      expect(text.length).toBeLessThan(500)
    }
  })

  it('about a request says which, where it stands and when it is due', () => {
    for (const { text, answer, language } of all) {
      if (!('type' in answer)) continue
      expect(text).toContain(language.carries[answer.type])
      expect(text.split(/\s/)).toContain(url)
    }
    expect(answerText({ says: 'received', type: 'delete', url, dueAt }, 'en', contact)).toBe(
      `Request received: “Delete my data”. See where it stands: ${url}\nThe answer is due by May 6, 2031.\nQuestions: ${contact}`,
    )
  })

  it('about an objection names the words that undo it, and they do, in the same language', () => {
    for (const { text, answer, language } of all) {
      if (answer.says !== 'stopped' && answer.says !== 'started') continue
      const words = /: ([^:\n]+)\n/.exec(text)?.[1] as string
      expect(recogniseWish(words), text).toEqual({
        kind: answer.says === 'stopped' ? 'start' : 'stop',
        language: language.tag,
      })
    }
  })

  it('is in English where there is no other language', () => {
    expect(answerText({ says: 'stopped' }, 'und', contact)).toBe(
      answerText({ says: 'stopped' }, 'en', contact),
    )
  })

  it('asks for nothing itself: two gateways cannot talk to each other for ever', () => {
    for (const { text } of all) expect(recogniseWish(text)).toBeUndefined()
  })
})
