// The table and the insert that both PostgreSQL peers share, and how a peer tells the bench where it listens.

import type { AddressInfo, Server } from 'node:net'
import { Pool } from 'pg'

export interface Received {
  id: string
  from?: string
  timestamp: string
}

const insert = `INSERT INTO messages (wamid, phone_number_id, sender, sent_at, payload)
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT (wamid) DO NOTHING`

const insertMany = `INSERT INTO messages (wamid, phone_number_id, sender, sent_at, payload)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::jsonb[])
  ON CONFLICT (wamid) DO NOTHING`

// ten connections: what `pg` does when nothing is said
const pool = new Pool({ host: process.env.BENCH_PG_HOST, user: 'bench', database: 'postgres' })
pool.on('error', () => undefined)

const valuesOf = (phoneNumberId: string, message: Received): [string, string, string, string, string] => [
  message.id,
  phoneNumberId,
  message.from ?? '',
  message.timestamp,
  JSON.stringify(message),
]

export async function insertMessage(phoneNumberId: string, message: Received): Promise<void> {
  await pool.query(insert, valuesOf(phoneNumberId, message))
}

export async function insertMessages(found: { phoneNumberId: string; message: Received }[]): Promise<void> {
  const rows = found.map(({ phoneNumberId, message }) => valuesOf(phoneNumberId, message))
  await pool.query(
    insertMany,
    [0, 1, 2, 3, 4].map((column) => rows.map((row) => row[column])),
  )
}

export function tellPort(server: Server): void {
  process.send?.({ port: (server.address() as AddressInfo).port })
}

// the bench is gone: so is its peer
process.on('disconnect', () => process.exit(0))
