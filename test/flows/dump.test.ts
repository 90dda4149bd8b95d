// Raw dumps of everything the gateway keeps on disk hold no message text, name, phone number or secret: the files are
// read byte by byte, as somebody would who got hold of them.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { type Stack, startStack } from '../support/stack.ts'

const dir = mkdtempSync(join(tmpdir(), 'softivum-dump-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const person = { name: 'Xiomara Quintanilla', phone: '34611987654', username: 'xiomara.q' }
const words = {
  inbound: 'zanahoria violeta',
  edited: 'calabaza turquesa',
  reply: 'berenjena dorada',
  unknown: 'rabanito secreto',
}

async function converse(stack: Stack): Promise<void> {
  const { phoneNumberId, wabaId, apiKey, metaUrl, url } = stack
  const sim = async (path: string, body: unknown) => {
    const answer = await fetch(`${metaUrl}/_sim/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.ok, await answer.clone().text()).toBe(true)
    return (await answer.json()) as { id?: string }
  }
  const from = {
    phone_number_id: phoneNumberId,
    from: person.phone,
    name: person.name,
    username: person.username,
  }
  const { id } = await sim('messages', { ...from, text: words.inbound })
  await sim('messages', {
    ...from,
    type: 'edit',
    edit: { original_message_id: id, message: { type: 'text', text: { body: words.edited } } },
  })
  await sim('events', {
    waba_id: wabaId,
    field: 'never_heard_of',
    value: { words: words.unknown, wa_id: person.phone },
  })
  await until(async () => (await stack.query(`SELECT count(*) AS n FROM messages`))[0]?.n === 1)
  const sent = await fetch(`${url}/v25.0/${phoneNumberId}/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': 'dump-1',
    },
    body: JSON.stringify({
      messaging_product: 'whatsapp',
      to: person.phone,
      type: 'text',
      text: { body: words.reply },
    }),
  })
  expect(sent.status, await sent.clone().text()).toBe(200)
  await until(
    async () => ((await stack.query(`SELECT count(*) AS n FROM message_statuses`))[0]?.n as number) > 1,
  )
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await holds()) return
    await sleep(100)
  }
  throw new Error('did not come about in ten seconds')
}

/** Every spelling in which a byte-wise search could meet the text. */
const spellings = (text: string) => [
  Buffer.from(text),
  Buffer.from(text, 'utf16le'),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(
      Buffer.from('x'.repeat(shift) + text)
        .toString('base64')
        .slice(shift === 0 ? 0 : 4, -4),
    ),
  ),
]

it('leaves no message text, name, phone number or secret on disk', async () => {
  const stack = await startStack({ dir })
  await converse(stack)
  const tokens = [stack.metaToken, stack.apiKey, stack.appSecret]
  const displayNumbers = stack.workspaces.flatMap(({ displayPhoneNumber }) => [
    displayPhoneNumber,
    displayPhoneNumber.replace(/\D/g, ''),
  ])
  await stack.close()
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const kept = files.map((entry) => ({
    name: entry.name,
    bytes: readFileSync(join(entry.parentPath, entry.name)),
  }))
  const total = kept.reduce((size, file) => size + file.bytes.length, 0)
  expect(total).toBeGreaterThan(100_000)
  // The search itself works: what is meant to stand in clear is found.
  expect(kept.some(({ bytes }) => bytes.includes(stack.workspaces[0]?.id as string))).toBe(true)
  const secrets = [
    ...Object.values(person),
    ...Object.values(words),
    ...tokens,
    ...displayNumbers,
    'owner@panaderia-sol.example',
  ]
  const found = secrets.flatMap((secret) =>
    kept.flatMap(({ name, bytes }) =>
      spellings(secret).some((spelling) => bytes.includes(spelling)) ? [`${secret} in ${name}`] : [],
    ),
  )
  expect(found).toEqual([])
})
