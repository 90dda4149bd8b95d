import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operator } from '../../../db/operator.ts'
import { type MailText, mailTexts } from '../../../worker/mail/templates.ts'
import { htmlWords, tagsOf, textWords } from './reading.ts'

const at = Date.UTC(2031, 4, 6, 7, 8)
const statusUrl = 'https://gateway.test/data-deletion/abc'
const decideUrl = 'https://gateway.test/data-deletion/decide/xyz'
/** As one line, wherever it was wrapped. */
const flat = (said: { text: string }): string => said.text.replace(/\s+/g, ' ')
const requested = { statusUrl, decideUrl, needsApproval: false, coolingUntil: at }

describe('a mail to an owner', () => {
  it('about a deletion says until when it can be cancelled, and where', () => {
    const text = flat(mailTexts.deletionRequested(requested))
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
    for (const mail of told) expect(flat(mail)).toContain('2031-05-06 07:08 UTC')
  })

  it('about a removed app promises nothing that does not hold', () => {
    const questioned = flat(mailTexts.deauthorized({ workspace: 'Sol', questioned: true }))
    const others = flat(mailTexts.deauthorized({ workspace: 'Sol', questioned: false }))
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
})

const url = 'https://gateway.test/data-deletion/abc'
const waiting = (workspace: string) => ({
  workspace,
  type: 'delete' as const,
  requestId: 'req_1',
  dueAt: at,
  letThroughAt: at,
  docsUrl: url,
})
const change = (said: string) => ({ changes: [said], effectiveAt: at, differenceUrl: url })

/** Each mail that there is, with `said` wherever somebody else chooses the words. */
const every = (said: string): Record<keyof typeof mailTexts, MailText> => ({
  signInCode: mailTexts.signInCode({ code: '123456' }),
  invitation: mailTexts.invitation({ workspace: said, role: said, joinUrl: url, expiresAt: at }),
  deletionRequested: mailTexts.deletionRequested(requested),
  deletionCancelled: mailTexts.deletionCancelled(),
  deletionStartsSoon: mailTexts.deletionStartsSoon({ startsAt: at, statusUrl }),
  disconnected: mailTexts.disconnected({ workspace: said, day: 1, eraseAt: at }),
  deauthorized: mailTexts.deauthorized({ workspace: said, questioned: true }),
  policyChanged: mailTexts.policyChanged({ ...change(said), version: 2, policyUrl: url }),
  subprocessorsChanged: mailTexts.subprocessorsChanged({ ...change(said), listUrl: url, endUrl: url }),
  requestReceived: mailTexts.requestReceived({
    type: 'delete',
    about: 'member',
    workspace: said,
    statusUrl: url,
    dueAt: at,
  }),
  requestWaits: mailTexts.requestWaits(waiting(said)),
  requestReminder: mailTexts.requestReminder(waiting(said)),
  requestToDo: mailTexts.requestToDo(waiting(said)),
  requestWrittenTo: mailTexts.requestWrittenTo({
    workspace: said,
    type: 'correct',
    requestId: 'req_1',
    docsUrl: url,
  }),
  requestWithdrawn: mailTexts.requestWithdrawn({ type: 'delete', statusUrl: url }),
  requestDone: mailTexts.requestDone({ type: 'delete', statusUrl: url }),
  requestDecided: mailTexts.requestDecided({
    type: 'export',
    statusUrl: url,
    refusal: { says: said, complainTo: [{ name: said, url: said }] },
  }),
  requestMessage: mailTexts.requestMessage({ by: 'business', text: said, statusUrl: url }),
  packageReady: mailTexts.packageReady({ statusUrl: url, expiresAt: at }),
  requestToOperator: mailTexts.requestToOperator({
    type: 'correct',
    about: 'member',
    requestId: 'req_1',
    dueAt: at,
    statusUrl: url,
    text: said,
  }),
  mailCode: mailTexts.mailCode({ code: '123456', purpose: 'delete' }),
  letterReceived: mailTexts.letterReceived(),
  letterToOperator: mailTexts.letterToOperator({ topic: 'other', name: said, email: said, text: said }),
})

describe.each(Object.keys(mailTexts) as (keyof typeof mailTexts)[])('the mail %s', (name) => {
  it('says the same in text and HTML, and ends with the operator’s address', () => {
    const { subject, text, html } = every('Sol')[name]
    expect(subject).not.toBe('')
    expect(htmlWords(html)).toEqual(textWords(text))
    expect(text).toMatch(new RegExp(`\\nQuestions: ${operator.contact.replace('.', '\\.')}$`))
    expect(html).toContain(`mailto:${operator.contact}`)
    expect(`${subject}${text}`).not.toMatch(/undefined|null|NaN|Invalid|\[object|—/)
  })

  it('keeps what others chose as words, whatever they chose', () => {
    const harmless = tagsOf(every('Sol')[name].html)
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 150 }),
      fc.constantFrom(
        '<b onclick="x">',
        '"><script>',
        '\r\nBcc: a@example.com',
        'javascript:alert(1)',
        '&lt;i&gt;',
      ),
    )
    fc.assert(
      fc.property(hostile, (said) => {
        const { subject, text, html } = every(said)[name]
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(subject.length).toBeLessThan(300)
        expect(htmlWords(html)).toEqual(textWords(text))
        // Lines of a message become breaks; nothing else comes of what was typed.
        const known = new Set(harmless.map((tag) => JSON.stringify(tag)))
        for (const tag of tagsOf(html)) if (tag.name !== 'br') expect(known).toContain(JSON.stringify(tag))
      }),
      { numRuns: 40 },
    )
  })
})

describe('the mail with a code', () => {
  const { subject, text } = mailTexts.mailCode({ code: '123456', purpose: 'delete' })

  it('begins with the code, alone on its line, and has it nowhere a lock screen shows a subject', () => {
    expect(text).toMatch(/^Your code is:\n123456\n/)
    expect(subject).not.toMatch(/\d/)
  })

  it('says what it is for, how long it works, and not to pass it on', () => {
    for (const part of ['10 minutes', 'delete the data', 'Never tell this code', 'ignore this mail'])
      expect(flat({ text })).toContain(part)
  })
})

describe('a mail to somebody whose address nobody has proven', () => {
  it('carries no word of whoever typed the address', () => {
    expect(mailTexts.letterReceived).toHaveLength(0)
  })
})

describe('a mail about a request', () => {
  it('refused says why, and names each authority with its address', () => {
    const { text } = mailTexts.requestDecided({
      type: 'delete',
      statusUrl: url,
      refusal: {
        says: 'A law requires us to keep it.',
        complainTo: [{ name: 'Data Protection Board of India', url: 'https://dpb.example/complain' }],
      },
    })
    expect(text).toContain('A law requires us to keep it.')
    expect(text).toContain('Data Protection Board of India:\nhttps://dpb.example/complain\n')
    expect(text).toContain(`Complaints about how a request was handled: ${operator.grievance}`)
  })

  it('to owners says until when they can decide, and what silence means', () => {
    for (const mail of [mailTexts.requestWaits(waiting('Sol')), mailTexts.requestReminder(waiting('Sol'))])
      for (const part of ['6 May 2031', 'granted by itself', 'req_1', url]) expect(flat(mail)).toContain(part)
    expect(mailTexts.requestWaits({ ...waiting('Sol'), letThroughAt: null }).text).not.toContain('by itself')
  })
})
