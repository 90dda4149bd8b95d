// What the tests of whole deletions do to a gateway: write to it as people, ask it as a business, wait with a bound.

import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoWorkspace } from '../../scripts/seed.ts'
import { testBindings } from '../support/bindings.ts'
import type { Stack } from '../support/stack.ts'

export async function until(holds: () => Promise<boolean>, what: string, seconds = 30): Promise<void> {
  const end = performance.now() + seconds * 1_000
  while (performance.now() < end) {
    if (await holds()) return
    await sleep(50)
  }
  throw new Error(`in ${seconds} seconds it did not come about: ${what}`)
}

export async function one(stack: Stack, sql: string): Promise<number> {
  return Number((await stack.query(`SELECT (${sql}) AS n`))[0]?.n)
}

export function ask(
  stack: Stack,
  { apiKey }: { apiKey: string },
  path: string,
  body?: unknown,
): Promise<Response> {
  return fetch(`${stack.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

export async function read<T>(
  stack: Stack,
  who: { apiKey: string },
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await ask(stack, who, path, body)
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

async function all<T>(stack: Stack, who: { apiKey: string }, path: string): Promise<T[]> {
  const found: T[] = []
  let cursor = ''
  do {
    const page = await read<{ data: T[]; next: string | null }>(stack, who, `${path}?limit=200${cursor}`)
    found.push(...page.data)
    cursor = page.next === null ? '' : `&cursor=${encodeURIComponent(page.next)}`
  } while (cursor !== '')
  return found
}

export type Contact = { id: string; name: string | null; phone: string | null; bsuid: string | null }
type Conversation = { id: string; contact: { id: string } }

/** All that the API shows of one contact: who it is, and each conversation with its messages. */
export type Shown = { contact: Contact; conversations: { conversation: Conversation; messages: unknown[] }[] }

/** Everything that the API shows to a business, by contact. */
export async function picture(stack: Stack, who: DemoWorkspace): Promise<Shown[]> {
  const contacts = await all<Contact>(stack, who, '/contacts')
  const conversations = await all<Conversation>(stack, who, '/conversations')
  const shown = contacts.map((contact) => ({
    contact,
    conversations: conversations.filter((one) => one.contact.id === contact.id),
  }))
  const full = await Promise.all(
    shown.map(async ({ contact, conversations: theirs }) => ({
      contact,
      conversations: await Promise.all(
        theirs.map(async (conversation) => ({
          conversation,
          messages: await all<unknown>(stack, who, `/conversations/${conversation.id}/messages`),
        })),
      ),
    })),
  )
  return full.sort((a, b) => (a.contact.id < b.contact.id ? -1 : 1))
}

export type Person = { phone: string; name: string; bsuid?: string | null }

const escaped = (text: string) =>
  text.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** One signed text message, dated `at` (epoch ms; Meta says it in seconds). Answers the status. */
export async function write(
  stack: Stack,
  { wabaId, phoneNumberId }: { wabaId: string; phoneNumberId: string },
  { phone, name, bsuid }: Person,
  message: { wamid: string; text: string; at: number },
): Promise<number> {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '34911222333', phone_number_id: phoneNumberId },
    contacts: [{ profile: { name }, wa_id: phone, ...(bsuid ? { user_id: bsuid } : {}) }],
    messages: [
      {
        id: message.wamid,
        from: phone,
        ...(bsuid ? { from_user_id: bsuid } : {}),
        timestamp: String(Math.floor(message.at / 1_000)),
        type: 'text',
        text: { body: message.text },
      },
    ],
  }
  const entry = [{ id: wabaId, changes: [{ field: 'messages', value }] }]
  const body = escaped(JSON.stringify({ object: 'whatsapp_business_account', entry }))
  const signature = createHmac('sha256', testBindings.META_APP_SECRETS).update(body).digest('hex')
  const answer = await fetch(`${stack.url}/webhooks/meta`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    body,
  })
  await answer.arrayBuffer()
  return answer.status
}

/** Waits until nothing that was acknowledged is still to be handled. */
export async function settled(stack: Stack): Promise<void> {
  const own = stack.workspaces.map(({ id }) => `'${id}'`).join()
  const rows = await stack.query(`SELECT id, account_id FROM numbers WHERE account_id IN (${own})`)
  const ids = rows as { id: string; account_id: string }[]
  const lag = async ({ id, account_id }: { id: string; account_id: string }) => {
    const who = stack.workspaces.find((workspace) => workspace.id === account_id) as DemoWorkspace
    return (await read<{ lagMs: number }>(stack, who, `/numbers/${id}/health`)).lagMs
  }
  await until(
    async () => (await Promise.all(ids.map(lag))).every((ms) => ms === 0),
    'the journal is empty',
    60,
  )
}

export async function operator<T>(stack: Stack, path: string): Promise<T> {
  return read<T>(stack, { apiKey: testBindings.OPERATOR_KEY }, `/operator${path}`, {})
}

/** Every table that has a row in which one of these texts stands, alone in a column. */
export async function tablesWith(stack: Stack, texts: string[]): Promise<string[]> {
  const found: string[] = []
  const list = texts.map((text) => `'${text}'`).join()
  const tables = await stack.query(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'`,
  )
  for (const { name } of tables) {
    const columns = await stack.query(`PRAGMA table_info("${name}")`)
    const any = columns.map((column) => `"${column.name}" IN (${list})`).join(' OR ')
    if ((await one(stack, `SELECT count(*) FROM "${name}" WHERE ${any}`)) > 0) found.push(String(name))
  }
  return found
}
