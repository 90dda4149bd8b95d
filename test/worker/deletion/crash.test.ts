// A deletion is interrupted at every call it makes to the outside: the call fails; it happens and its answer is lost; it
// happens and the process is gone. Then all memory is lost, and it is walked on. It always ends the same.

import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { requestDeletion } from '../../../worker/deletion/request.ts'
import { settingsOf } from '../../../worker/env.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { type Business, monsoon, type Person, ravi, sol } from '../../support/cast.ts'
import { eraserOf, hasten, holdStill, stateOf, walkTo, work } from '../../support/deletion.ts'
import { alsoLookInto, everything, lines, mentioning } from '../../support/everything.ts'
import { breakEraser, countedFetch, type Fault, fault, type Way } from '../../support/faults.ts'
import { drain } from '../../support/intake.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedBusiness, seedCast } from '../../support/world.ts'

const at = 1_795_305_600
const dead = () => Response.json({ error: { code: 190, message: 'gone' } }, { status: 401 })
let plan: Fault | undefined
/** Asked once in each walk; the walk of one call is what all calls are. */
const shards = limits.intakeShards

beforeAll(async () => {
  Object.assign(limits, { intakeShards: 2 })
  vi.stubGlobal(
    'fetch',
    countedFetch(() => plan, dead),
  )
  await seedCast()
  await writes(sol, ravi, 'buenas tardes, Ravi')
  await writes(monsoon, ravi, 'good evening, Ravi')
})
afterAll(() => {
  Object.assign(limits, { intakeShards: shards })
  vi.unstubAllGlobals()
})

async function writes(business: Business, person: Person, words: string): Promise<string> {
  const wamid = `wamid.${business.accountId}.${person.bsuid}`
  await postChanges(business, messageChange(business, person, textMessage(wamid, words, at)))
  await drain(business)
  const keeper = env.KEEPER.getByName(business.accountId)
  const query = { phone: person.phone as string, bsuid: person.bsuid as string, at: at * 1000, create: false }
  const [known] = (await keeper.resolve([query])).subjects
  if (known?.state !== 'known') throw new Error('whoever wrote is not known')
  return known.contactId
}

const world = () => ({ env, settings: settingsOf(env), now: Date.now() })
const count = async (sql: string, ...values: string[]): Promise<number> =>
  (await env.DB.prepare(sql)
    .bind(...values)
    .first<number>('n')) as number

/** Walks until the fault has come or there is nothing left to interrupt, then loses all memory and walks to the end. */
async function interrupted(accountId: string, id: string, broken: Fault): Promise<void> {
  plan = broken
  await breakEraser(accountId, broken)
  for (let round = 0; round < 12 && !broken.fired && (await stateOf(id)) !== 'completed'; round++) {
    await hasten(accountId)
    await work(accountId).catch(() => {})
  }
  plan = undefined
  await evictDurableObject(eraserOf(accountId))
  await walkTo(accountId, id, 'completed')
}

let ledgered = 0
async function expectEnd(id: string, words: string[], where: string): Promise<void> {
  const { results } = await env.DB.prepare(
    'SELECT kind, leaf FROM receipts WHERE deletion_id = ? ORDER BY kind',
  )
    .bind(id)
    .all<{ kind: string; leaf: string }>()
  const { leaves } = await env.TRANSPARENCY.getByName('log').leaves(0, 10_000)
  const logged = leaves.map((leaf) => JSON.stringify(leaf))
  ledgered += 1
  const twin = (
    await env.FILES.list({
      prefix: 'ledger/',
      startAfter: `ledger/${String(ledgered - 1).padStart(12, '0')}`,
    })
  ).objects
  const left = mentioning(await everything(), words).filter(
    ({ place }) =>
      !/^d1\/(deletions|audit_entries)$|^do\/KEEPER\/\w+\/(punctures|tombstones|marks)$|needles$/.test(place),
  )
  const unended = `SELECT count(*) AS n FROM deletion_steps WHERE deletion_id = ? AND state NOT IN ('done', 'skipped')`
  expect({
    where,
    receipts: results.map(({ kind }) => kind),
    leaves: results.map(({ leaf }) => logged.filter((one) => one.includes(leaf)).length),
    ledger: await count('SELECT count(*) AS n FROM erasure_ledger'),
    twin: twin.map(({ key }) => Number(key.slice(7))),
    left,
    unended: await count(unended, id),
    entries: await count(
      `SELECT count(*) AS n FROM audit_entries WHERE subject = ? AND action LIKE 'deletion.%'`,
      id,
    ),
  }).toEqual({
    where,
    receipts: ['final', 'live'],
    leaves: [1, 1],
    ledger: ledgered,
    twin: [ledgered],
    left: [],
    unended: 0,
    entries: words.includes(sol.accountId) || where.startsWith('workspace') ? 4 : 3,
  })
}

const neighbours = async () =>
  lines(mentioning(await everything(), [monsoon.accountId, ravi.phone, ravi.bsuid]))

let serial = 0
async function eraseContact(broken: Fault): Promise<void> {
  serial += 1
  const person = {
    name: `Crash Person ${serial}`,
    phone: `3465599${1000 + serial}`,
    bsuid: `ES.77${10_000 + serial}`,
  }
  const subjectId = await writes(sol, person, `secret words number ${serial} of hers`)
  await env.FILES.put(`media/${sol.accountId}/${subjectId}/one`, 'sealed')
  await holdStill(sol.accountId)
  const asked = { accountId: sol.accountId, scope: 'contact', door: 'api', actor: 'operator' } as const
  const { id } = await requestDeletion(world(), { ...asked, subjectId })
  await interrupted(sol.accountId, id, broken)
  await expectEnd(id, [subjectId, person.phone, person.bsuid], `contact: ${told(broken)}`)
}

async function eraseWorkspace(broken: Fault): Promise<void> {
  serial += 1
  const own = String(serial).padStart(4, '0')
  const accountId = `acc_crash${own}`
  const ids = { wabaId: `7070707${own}`, phoneNumberId: `8080808${own}`, displayPhoneNumber: `3491000${own}` }
  const business = { ...sol, ...ids, accountId, numberId: `num_crash${own}`, token: `token of crash ${own}` }
  await seedBusiness(business)
  alsoLookInto(accountId)
  const contactId = await writes(business, ravi, `secret words number ${serial} of his`)
  await env.FILES.put(`media/${accountId}/${contactId}/one`, 'sealed')
  await holdStill(accountId)
  const asked = {
    accountId,
    subjectId: accountId,
    scope: 'workspace',
    door: 'lifecycle',
    actor: 'system',
  } as const
  const { id } = await requestDeletion(world(), asked)
  await env.DB.prepare('UPDATE deletions SET cooling_until = 1 WHERE id = ?').bind(id).run()
  await interrupted(accountId, id, broken)
  await expectEnd(id, [accountId, contactId, ...Object.values(ids)], `workspace: ${told(broken)}`)
}

const told = ({ way, at: k, calls }: Fault): string => `${way} at ${k}: ${calls.at(k - 1)}`

/** Which calls to break how: each in one way, those that cannot be taken back in every way; of many alike, some. */
function* faults(calls: string[], step: number): Generator<Fault> {
  const ways: Way[] = ['killed', 'lost', 'refused']
  let turn = 0
  for (const [i, name] of calls.entries()) {
    const final = /^KEEPER\.(forget|destroyAccount)$|^FILES\.put$|^TRANSPARENCY\.append$|^KEYS\.delete$/.test(
      name,
    )
    const alike = name === calls[i - 1] && name === calls[i + 1]
    const searching = i > calls.indexOf('DB.first') && i < calls.lastIndexOf('TRANSPARENCY.scan')
    if (!final && ((alike && i % 4 > 0) || (searching && i % 23 > 0) || i % step > 0)) continue
    for (const way of final ? ways : [ways[turn++ % 3] as Way]) yield fault(i + 1, way)
  }
}

/** What is kept of each deletion would make each search longer than the one before. */
const forgetRuns = () =>
  env.DB.batch(
    ['deletions', 'deletion_steps', 'receipts', 'audit_entries', 'mails'].map((table) =>
      env.DB.prepare(`DELETE FROM ${table}`),
    ),
  )

async function eachFault(erase: (broken: Fault) => Promise<void>, step: number): Promise<number> {
  const whole = fault(0, 'refused')
  await erase(whole)
  const before = await neighbours()
  expect(before.length).toBeGreaterThan(10)
  let runs = 0
  for (const broken of faults(whole.calls, step)) {
    await erase(broken)
    expect([told(broken), broken.fired]).toEqual([told(broken), true])
    runs += 1
    await forgetRuns()
  }
  expect(await neighbours()).toEqual(before)
  return runs
}

describe('a deletion that is interrupted at any call it makes', () => {
  it('of a contact ends in one live and one final receipt, and nothing left', {
    timeout: 200_000,
  }, async () => {
    expect(await eachFault(eraseContact, 3)).toBeGreaterThan(30)
  })

  it('of a workspace does so, too', { timeout: 120_000 }, async () => {
    expect(await eachFault(eraseWorkspace, 30)).toBeGreaterThan(12)
  })
})
