// Erasing at the gateway, behind the seam of targets.ts: people with many messages, forgotten through the API, and the
// same rows deleted by nothing but SQL. With gateway.ts the only file here that knows its tables and URLs.

import { Agent } from 'node:http'
import { contactCount, newRun, phoneOf, signedBody, updateOf } from './bodies.ts'
import { cloneRows, type Query } from './clone-rows.ts'
import { post } from './post.ts'
import { type Erased, type Erasing, type Identity, webhookPath } from './targets.ts'

interface Gateway {
  url: string
  accountId: string
  apiKey: string
  identity: Identity
  query: Query
}

const pollMs = 100
const givenUpMs = 15_000
/** As the eraser's own (worker/ground/limits.ts, eraseChunkRows): what differs is all the rest. */
const chunkRows = 2_000
/** Whoever is planted is nobody under load. */
const firstPlanted = contactCount + 50_000

const pause = () => new Promise((resolve) => setTimeout(resolve, pollMs))

async function api<Answer>({ url, apiKey }: Gateway, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  return (await answer.json()) as Answer
}

/** One message of somebody new, as it comes from Meta. Answers the id of the contact. */
async function meet(gateway: Gateway, person: number): Promise<string> {
  const { body, signature } = signedBody(gateway.identity, [updateOf(gateway.identity, newRun(), 0, person)])
  const agent = new Agent()
  await post(agent, new URL(gateway.url + webhookPath), { 'x-hub-signature-256': signature }, body)
  agent.destroy()
  const since = performance.now()
  while (performance.now() - since < givenUpMs) {
    const { data } = await api<{ data: { id: string; phone: string | null }[] }>(gateway, '/contacts')
    const found = data.find(({ phone }) => phone === phoneOf(person))
    if (found) return found.id
    await pause()
  }
  throw new Error('who was planted is not shown')
}

const of = ({ accountId }: Gateway, contactId: string): string =>
  `account_id = '${accountId}' AND conversation_id IN
    (SELECT id FROM conversations WHERE account_id = '${accountId}' AND contact_id = '${contactId}')`

async function plainDelete(gateway: Gateway, contactId: string): Promise<Erased> {
  const { query } = gateway
  const theirs = of(gateway, contactId)
  const rowsOf = async () => Number((await query(`SELECT count(*) AS n FROM messages WHERE ${theirs}`))[0]?.n)
  const rows = await rowsOf()
  const startedAt = performance.now()
  for (let left = rows; left > 0; left -= chunkRows)
    await query(
      `DELETE FROM messages WHERE rowid IN (SELECT rowid FROM messages WHERE ${theirs} LIMIT ${chunkRows})`,
    )
  const ms = performance.now() - startedAt
  if ((await rowsOf()) > 0) throw new Error('the plain deletion left rows')
  return { rows, ms }
}

/** By the gateway's own account of the step that erases: its last look, at nothing, is not counted. */
async function forget(gateway: Gateway, contactId: string, onRows: (rows: number) => void): Promise<Erased> {
  const { id } = await api<{ id: string }>(gateway, `/contacts/${contactId}/deletion`, {})
  const step = `SELECT counts, started_at, finished_at FROM deletion_steps WHERE deletion_id = '${id}' AND step = 'erase'`
  for (;;) {
    const [row] = await gateway.query(step)
    const { messages = 0 } = row ? (JSON.parse(row.counts as string) as { messages?: number }) : {}
    onRows(messages)
    if (row?.finished_at) return { rows: messages, ms: Number(row.finished_at) - Number(row.started_at) }
    await pause()
  }
}

export function erasing(gateway: Gateway, neighbour: Identity): Erasing {
  let planted = 0
  return {
    neighbour,
    plant: async (rows) => {
      const contactId = await meet(gateway, firstPlanted + planted++)
      await cloneRows(gateway.query, 'messages', ['id', 'ref'], rows, of(gateway, contactId))
      return contactId
    },
    forget: (who, onRows) => forget(gateway, who, onRows),
    plainDelete: (who) => plainDelete(gateway, who),
  }
}
