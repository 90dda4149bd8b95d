// Consent as a gate: what a person took back is not begun with them, whatever a business has elsewhere.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConsentFact } from '../../../worker/consent/standing.ts'
import { newId } from '../../../worker/ground/ids.ts'
import { purposeOf } from '../../../worker/sending/consent.ts'
import {
  ana,
  db,
  messagesPath,
  monsoon,
  openStage,
  ravi,
  type Stage,
  schema,
  sol,
  templateTo,
  textTo,
  wrote,
} from './stage.ts'

const { consentRules, consents, contacts, templates } = schema
const marketing = `/${sol.phoneNumberId}/marketing_messages`
let stage: Stage
let anaId: string

beforeAll(async () => {
  stage = await openStage()
  await wrote(stage, sol, 'ana')
  await wrote(stage, monsoon, 'ana')
  const own = await db.select().from(contacts)
  anaId = own.find(({ accountId }) => accountId === sol.accountId)?.id as string
})

beforeEach(async () => {
  for (const table of [consents, consentRules, templates]) await db.delete(table)
})

const said = (purpose: ConsentFact['purpose'], state: ConsentFact['state'], at: number, source = 'form') =>
  db.insert(consents).values({
    ...{ id: newId('cns'), accountId: sol.accountId, contactId: anaId, purpose, state, at },
    ...{ source: source as 'form', content: 'sealed', recordedAt: at, recordedBy: 'key:x', importId: null },
  })

const known = (category: string) =>
  db.insert(templates).values({
    ...{ id: `tpl_${category}`, accountId: sol.accountId, wabaId: sol.wabaId, metaId: category },
    ...{ name: templateTo(ana.phone).template.name, language: templateTo(ana.phone).template.language.code },
    ...{ category, status: 'APPROVED', components: [], updatedAt: 1, syncedAt: 1 },
  } as typeof templates.$inferInsert)

async function gate(path: string, body: unknown, key?: string): Promise<unknown> {
  const { status, json } = await stage.call('POST', path, { body, ...(key === undefined ? {} : { key }) })
  return status === 200 ? 'ok' : (json.error?.gate ?? status)
}

describe('a consent', () => {
  it('that was taken back shuts the gate for what it was for, and for nothing else', async () => {
    await said('marketing', 'given', 1)
    await said('marketing', 'withdrawn', 2)
    await known('MARKETING')
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toBe('consent')
    expect(await gate(marketing, templateTo(ana.phone))).toBe('consent')
    expect(await gate(messagesPath(sol), textTo(ana.phone))).toBe('ok')
    expect(await gate(messagesPath(sol), templateTo(ravi.phone))).toBe('ok')
    expect(await gate(messagesPath(monsoon), templateTo(ana.phone), stage.keys.monsoon)).toBe('ok')
    await db.delete(templates)
    await known('UTILITY')
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toBe('ok')
    expect(await gate(marketing, templateTo(ana.phone))).toBe('consent')
  })

  it('counts as one to marketing where nobody has told what a template is for', async () => {
    await said('marketing', 'withdrawn', 2)
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toBe('consent')
  })

  it('to being written to first is one to everything that the business begins', async () => {
    await said('service', 'withdrawn', 2)
    await known('UTILITY')
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toBe('consent')
    expect(await gate(messagesPath(sol), textTo(ana.phone))).toBe('ok')
  })

  it('that is newer opens it again, unless it came with a list', async () => {
    await said('marketing', 'withdrawn', 2)
    await said('marketing', 'given', 3, 'import')
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toBe('consent')
    await said('marketing', 'given', 3)
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toBe('ok')
  })

  it('is asked for only where the workspace wants it, and then of strangers, too', async () => {
    await known('MARKETING')
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toBe('ok')
    await db.insert(consentRules).values({ accountId: sol.accountId, marketing: 'recorded', updatedAt: 1 })
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toBe('consent')
    expect(await gate(messagesPath(sol), templateTo(ravi.phone))).toBe('consent')
    expect(await gate(messagesPath(sol), textTo(ana.phone))).toBe('ok')
    expect(await gate(messagesPath(monsoon), templateTo(ana.phone), stage.keys.monsoon)).toBe('ok')
    await said('marketing', 'given', 1)
    expect(await gate(messagesPath(sol), templateTo(ana.phone))).toBe('ok')
  })
})

describe('what a message is for', () => {
  const template = { type: 'template', payload: { name: 'x', language: { code: 'es' } }, forward: {} }

  it('is the category of the template, in its language; what is unclear is marketing', () => {
    const of = (...rows: [string, string][]) =>
      purposeOf(
        template,
        rows.map(([language, category]) => ({ language, category })),
      )
    expect(of(['es', 'UTILITY'])).toBe('utility')
    expect(of(['es', 'UTILITY'], ['en', 'MARKETING'])).toBe('utility')
    expect(of(['en', 'AUTHENTICATION'])).toBe('authentication')
    expect(of(['es', 'UTILITY'], ['es', 'MARKETING'])).toBe('marketing')
    expect(of(['es', 'UNKNOWN'])).toBe('marketing')
    expect(of()).toBe('marketing')
    expect(purposeOf({ type: 'text', payload: {}, forward: { category: 'utility' } }, [])).toBe('utility')
  })
})
