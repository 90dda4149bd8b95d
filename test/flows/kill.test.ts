// The durability promise, shown by killing: SIGKILL to workerd under load, start again, count. Acknowledged equals
// handled plus named, for every number, three times in a row on the same state.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import type { DemoWorkspace } from '../../scripts/seed.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { load } from './load.ts'

const dir = mkdtempSync(join(tmpdir(), 'softivum-kill-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

type Count = { received: number; handled: number; duplicate: number; named: number }

async function countsOf(stack: Stack): Promise<Map<string, Count>> {
  const rows =
    await stack.query(`SELECT counter_key AS key, sum(received) AS received, sum(handled) AS handled, sum(duplicate) AS duplicate,
    sum(handled + duplicate + ignored + erased + unknown + malformed + retry + dead) AS named FROM intake_counts GROUP BY 1`)
  return new Map(rows.map((row) => [row.key as string, row as unknown as Count]))
}

/** Waits, with a bound, until the journal is empty: nothing but the alarm and the restart brings that about. */
async function settled(stack: Stack): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const ids = (await stack.query(`SELECT id, account_id FROM numbers`)).map(
      (row) => row as { id: string; account_id: string },
    )
    const lags = await Promise.all(
      ids.map(async ({ id, account_id }) => {
        const key = stack.workspaces.find((workspace) => workspace.id === account_id)?.apiKey
        const answer = await fetch(`${stack.url}/api/v1/numbers/${id}/health`, {
          headers: { authorization: `Bearer ${key}` },
        })
        return ((await answer.json()) as { lagMs: number }).lagMs
      }),
    )
    if (lags.every((lag) => lag === 0)) return
    await sleep(100)
  }
  throw new Error('the journal did not empty in 20 seconds')
}

it('loses nothing that was acknowledged when workerd is killed under load, three times in a row', {
  timeout: 240_000,
}, async () => {
  let known: DemoWorkspace[] | undefined
  const acknowledged: { wamid: string; phoneNumberId: string }[] = []
  for (const run of ['first', 'second', 'third']) {
    const stack = await startStack({ dir, ...(known ? { known } : {}) })
    known = stack.workspaces
    const numbers = known.map(({ wabaId, phoneNumberId }) => ({ wabaId, phoneNumberId }))
    let dead = false
    const loading = load(stack.url, numbers, run, 24, 20_000, () => dead)
    await sleep(1_500)
    process.kill(stack.pid, 'SIGKILL')
    dead = true
    const { acknowledged: more, sent } = await loading
    expect(more.length).toBeGreaterThan(100)
    expect(sent).toBeLessThan(20_000)
    acknowledged.push(...more)
    await stack.close()

    const again = await startStack({ dir, known })
    await settled(again)
    const counts = await countsOf(again)
    for (const { phoneNumberId, id } of known) {
      const mine = acknowledged.filter((event) => event.phoneNumberId === phoneNumberId)
      const count = counts.get(phoneNumberId) as Count
      expect(count.named).toBe(count.received)
      expect(count.received).toBeGreaterThanOrEqual(mine.length)
      const [stored] = await again.query(`SELECT count(*) AS n FROM messages WHERE account_id = '${id}'`)
      expect(stored?.n).toBe(count.handled)
      expect(count.handled).toBeGreaterThanOrEqual(mine.length)
    }
    expect(await missingThroughApi(again, acknowledged)).toEqual([])
    await again.close()
  }
})

/** The acknowledged wamids that the API does not show, read as a business would: every page of every conversation. */
async function missingThroughApi(stack: Stack, acknowledged: { wamid: string }[]): Promise<string[]> {
  const shown = new Set<string>()
  for (const { apiKey } of stack.workspaces) {
    for await (const conversation of pages<{ id: string }>(stack.url, '/api/v1/conversations', apiKey)) {
      for await (const message of pages<{ wamid: string }>(
        stack.url,
        `/api/v1/conversations/${conversation.id}/messages`,
        apiKey,
      ))
        shown.add(message.wamid)
    }
  }
  return acknowledged.filter(({ wamid }) => !shown.has(wamid)).map(({ wamid }) => wamid)
}

async function* pages<T>(url: string, path: string, key: string): AsyncGenerator<T> {
  let cursor = ''
  do {
    const answer = await fetch(`${url}${path}?limit=200${cursor}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    const page = (await answer.json()) as { data: T[]; next: string | null }
    yield* page.data
    cursor = page.next === null ? '' : `&cursor=${encodeURIComponent(page.next)}`
  } while (cursor !== '')
}
