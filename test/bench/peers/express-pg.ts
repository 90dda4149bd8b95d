// Peer: plain Express 5 and pg, what a careful team would write. Verify over the raw bytes, insert, then
// answer. With BENCH_MULTI_ROW one INSERT takes all messages of a body, otherwise each message has its own.

import { createHmac, timingSafeEqual } from 'node:crypto'
import express from 'express'
import { insertMessage, insertMessages, type Received, tellPort } from './store.ts'

interface Envelope {
  entry?: { changes?: { value?: { metadata?: { phone_number_id?: string }; messages?: Received[] } }[] }[]
}

const secret = process.env.BENCH_APP_SECRET ?? ''
const decoder = new TextDecoder()
const multiRow = process.env.BENCH_MULTI_ROW === '1'

function isSigned(body: Uint8Array, header: string): boolean {
  const given = Buffer.from(header)
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function* messagesOf(envelope: Envelope): Generator<{ phoneNumberId: string; message: Received }> {
  for (const entry of envelope.entry ?? []) {
    for (const { value } of entry.changes ?? []) {
      const phoneNumberId = value?.metadata?.phone_number_id ?? ''
      for (const message of value?.messages ?? []) yield { phoneNumberId, message }
    }
  }
}

const app = express()

app.post(
  '/webhooks/meta',
  express.raw({ type: 'application/json', limit: '3mb' }),
  async (request, response) => {
    const body = request.body
    if (!(body instanceof Uint8Array) || !isSigned(body, request.header('x-hub-signature-256') ?? '')) {
      response.sendStatus(401)
      return
    }
    const found = [...messagesOf(JSON.parse(decoder.decode(body)) as Envelope)]
    if (multiRow) await insertMessages(found)
    else for (const { phoneNumberId, message } of found) await insertMessage(phoneNumberId, message)
    response.sendStatus(200)
  },
)

const server = app.listen(0, '127.0.0.1', () => tellPort(server))
