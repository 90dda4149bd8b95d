import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mailTexts } from '../../../worker/mail/templates.ts'

const at = Date.UTC(2031, 4, 6, 7, 8)
const statusUrl = 'https://gateway.test/data-deletion/abc'
const decideUrl = 'https://gateway.test/data-deletion/decide/xyz'
const requested = { statusUrl, decideUrl, needsApproval: false, coolingUntil: at }

describe('a mail to an owner', () => {
  it('about a deletion says until when it can be cancelled, and where', () => {
    const { text } = mailTexts.deletionRequested(requested)
    for (const part of ['2031-05-06 07:08 UTC', statusUrl, decideUrl]) expect(text).toContain(part)
    expect(text).not.toContain('Approve')
  })

  it('who has to agree says that nothing happens before', () => {
    const { text } = mailTexts.deletionRequested({ ...requested, needsApproval: true, coolingUntil: null })
    expect(text).toContain('Nothing is erased before another owner approves')
    expect(text).toContain(`Approve or cancel here:\n${decideUrl}`)
  })

  it('about an account that is gone counts the days', () => {
    const told = [0, 1, 14].map((day) => mailTexts.disconnected({ workspace: 'Sol', day, eraseAt: at }))
    expect(told.map(({ subject }) => subject)).toEqual([
      'A WhatsApp account of Sol was disconnected',
      'A WhatsApp account of Sol is still disconnected after a day',
      'A WhatsApp account of Sol is still disconnected after 14 days',
    ])
    for (const { text } of told) expect(text).toContain('2031-05-06 07:08 UTC')
  })

  it('about a removed app promises nothing that does not hold', () => {
    const questioned = mailTexts.deauthorized({ workspace: 'Sol', questioned: true }).text
    const others = mailTexts.deauthorized({ workspace: 'Sol', questioned: false }).text
    expect(questioned).toContain('“reconnect”')
    expect(others).not.toContain('“reconnect”')
    for (const text of [questioned, others]) expect(text).toContain('Nothing of the workspace was deleted.')
  })

  it('has one line of subject, whatever the workspace is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (workspace) => {
        for (const { subject } of [
          mailTexts.disconnected({ workspace, day: 1, eraseAt: at }),
          mailTexts.deauthorized({ workspace, questioned: true }),
        ]) {
          expect(subject).not.toMatch(/[\r\n\p{Cc}]/u)
          expect(subject.length).toBeLessThan(200)
        }
      }),
    )
  })

  it('ends with whom to ask', () => {
    const all = [
      mailTexts.deletionRequested(requested),
      mailTexts.deletionCancelled(),
      mailTexts.deletionStartsSoon({ startsAt: at, statusUrl }),
      mailTexts.disconnected({ workspace: 'Sol', day: 0, eraseAt: at }),
      mailTexts.deauthorized({ workspace: 'Sol', questioned: true }),
    ]
    for (const { subject, text } of all) {
      expect(subject).not.toBe('')
      expect(text).toMatch(/\nQuestions: contact@softivum\.com$/)
    }
  })
})
