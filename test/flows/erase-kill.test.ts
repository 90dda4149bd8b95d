// Deletions survive SIGKILL: workerd is killed when each step has just been shown, and at any millisecond, while others
// write. All deletions end, each in one receipt; nothing of the erased is left; nothing of the others is lost. Faults
// between and inside every step, one by one, are the matter of test/worker/deletion/crash.test.ts.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import type { DemoWorkspace } from '../../scripts/seed.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { one, type Person, picture, read, settled, tablesWith, until, write } from './forgetting.ts'
import { type Load, load } from './load.ts'

const dir = mkdtempSync(join(tmpdir(), 'softivum-erase-kill-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Two deletions are asked for in each round. */
const perRound = 2
/** Kills that look at nothing, so long after the request (ms). */
const blind = [2, 9, 25, 60, 140]
const rounds: (string | number)[] = [
  'freeze',
  'quiet',
  'tombstone',
  'shred',
  'erase',
  'drain',
  ...blind,
  'residue',
  'receipt',
  'turn',
]

const people: Person[] = Array.from({ length: rounds.length * perRound }, (_, i) => ({
  phone: `34612${String(i).padStart(6, '0')}`,
  name: `Persona ${i}`,
}))
const wordsEach = 2

const solOf = ({ workspaces }: { workspaces: DemoWorkspace[] }) => workspaces[0] as DemoWorkspace
const monsoonOf = ({ workspaces }: { workspaces: DemoWorkspace[] }) => workspaces[1] as DemoWorkspace

/** Everybody writes to both businesses. Answers the ids of Sol's contacts, in the order of `people`. */
async function meetEverybody(stack: Stack): Promise<string[]> {
  for (const business of stack.workspaces)
    for (const person of people)
      for (let n = 0; n < wordsEach; n++) {
        const wamid = `wamid.${person.phone}.${n}.${business.phoneNumberId}`
        expect(
          await write(stack, business, person, { wamid, text: `palabra ${n}`, at: Date.now() - 60_000 }),
        ).toBe(200)
      }
  await settled(stack)
  const shown = await picture(stack, solOf(stack))
  return people.map(({ phone }) => shown.find(({ contact }) => contact.phone === phone)?.contact.id as string)
}

const forget = (stack: Stack, ids: string[]) =>
  read<unknown>(stack, solOf(stack), '/contacts/deletions', { ids })

/** One life of workerd: asks for deletions under load and is killed at `when`. */
async function live(stack: Stack, when: string | number, ids: string[], run: string): Promise<Load> {
  let dead = false
  const numbers = stack.workspaces.map(({ wabaId, phoneNumberId }) => ({ wabaId, phoneNumberId }))
  const loading = load(stack.url, numbers, run, 2, 5_000, () => dead)
  const shown = `SELECT count(*) FROM deletion_steps WHERE step = '${when}'`
  const before = typeof when === 'number' ? 0 : await one(stack, shown)
  const asking = forget(stack, ids).catch(() => undefined)
  if (typeof when === 'number') await sleep(when)
  else await until(async () => (await one(stack, shown)) > before, `${when} is shown`, 40)
  process.kill(stack.pid, 'SIGKILL')
  dead = true
  await asking
  const result = await loading
  await stack.close()
  return result
}

it('ends every deletion in one receipt, however often and wherever workerd is killed', {
  timeout: 240_000,
}, async () => {
  let stack = await startStack({ dir })
  const known = stack.workspaces
  const ids = await meetEverybody(stack)
  const neighbour = (await picture(stack, monsoonOf(stack))).filter(isOneOfThem)
  expect(neighbour).toHaveLength(people.length)
  const acknowledged: Load['acknowledged'] = []
  for (const [round, when] of rounds.entries()) {
    const asked = ids.slice(round * perRound, (round + 1) * perRound)
    acknowledged.push(...(await live(stack, when, asked, `run${round}`)).acknowledged)
    stack = await startStack({ dir, known })
  }
  // Whoever got no answer asks again; whom the Eraser was not told of, the cron finds.
  await forget(stack, ids)
  await stack.gateway.runCron()
  const mine = `account_id = '${solOf(stack).id}'`
  const open = `SELECT count(*) FROM deletions WHERE ${mine} AND state <> 'erased'`
  await until(async () => (await one(stack, open)) === 0, 'all are erased', 90)
  await settled(stack)

  await receiptsAreOne(stack, mine)
  expect(await tablesWith(stack, ids)).toEqual(['deletions'])
  expect((await picture(stack, solOf(stack))).filter(isOneOfThem)).toEqual([])
  expect((await picture(stack, monsoonOf(stack))).filter(isOneOfThem)).toEqual(neighbour)
  // Every life had company. How much is the machine’s affair, and it has two cores for everything that runs here.
  expect(acknowledged.length).toBeGreaterThan(rounds.length)
  for (const business of stack.workspaces) await nothingIsLost(stack, business, acknowledged)
  await stack.close()
})

const isOneOfThem = ({ contact }: { contact: { phone: string | null } }): boolean =>
  people.some(({ phone }) => phone === contact.phone)

async function receiptsAreOne(stack: Stack, mine: string): Promise<void> {
  const receipts = await stack.query(
    `SELECT kind, leaf FROM receipts WHERE deletion_id IN (SELECT id FROM deletions WHERE ${mine})`,
  )
  expect(receipts.map(({ kind }) => kind)).toEqual(people.map(() => 'live'))
  expect(await one(stack, `SELECT count(DISTINCT subject_id) FROM deletions WHERE ${mine}`)).toBe(
    people.length,
  )
  expect(await one(stack, `SELECT count(*) FROM deletions WHERE ${mine}`)).toBe(people.length)
  const log = await read<{ data: { leaf: string }[] }>(stack, solOf(stack), '/public/log/leaves')
  for (const { leaf } of receipts) expect(log.data.filter((entry) => entry.leaf === leaf)).toHaveLength(1)
  expect(await one(stack, `SELECT max(seq) - count(*) FROM erasure_ledger`)).toBe(0)
}

/** Acknowledged is handled, and handled is stored, but for what was erased. */
async function nothingIsLost(
  stack: Stack,
  { id, phoneNumberId }: DemoWorkspace,
  acknowledged: Load['acknowledged'],
): Promise<void> {
  const [count] = await stack.query(
    `SELECT sum(received) AS received, sum(handled) AS handled,
       sum(handled + duplicate + ignored + erased + unknown + malformed + retry + dead) AS named
     FROM intake_counts WHERE counter_key = '${phoneNumberId}'`,
  )
  const { received, handled, named } = count as { received: number; handled: number; named: number }
  const words = people.length * wordsEach
  expect(named).toBe(received)
  const asked = acknowledged.filter((event) => event.phoneNumberId === phoneNumberId).length
  expect(handled).toBeGreaterThanOrEqual(asked + words)
  const erased = id === solOf(stack).id ? words : 0
  expect(await one(stack, `SELECT count(*) FROM messages WHERE account_id = '${id}'`)).toBe(handled - erased)
}
