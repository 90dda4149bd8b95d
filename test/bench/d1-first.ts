// One D1 insert per message, in miniflare on its direct socket: a row to compare with (`--subject d1-first`),
// and the way to check the bench without the gateway.

import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { onEnd, temporaryFolder } from './cleanup.ts'
import { cloneRows, type Query } from './clone-rows.ts'
import { ownWorkerds } from './processes.ts'
import { plainIdentity, type Target, webhookPath } from './targets.ts'

const worker = new URL('./peers/d1-first-worker.js', import.meta.url)

const tables = [
  `CREATE TABLE messages (
    wamid TEXT PRIMARY KEY, phone_number_id TEXT NOT NULL, sender TEXT NOT NULL, sent_at INTEGER NOT NULL,
    payload TEXT NOT NULL
  )`,
  'CREATE INDEX by_sender ON messages (sender, sent_at)',
]

/** Answers every send as Graph does, at once. */
async function startGraph(): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end('{"messaging_product":"whatsapp","messages":[{"id":"wamid.BENCH"}]}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function startMiniflare(folder: string, metaOrigin: string, inspectorPort: number | undefined): Miniflare {
  return new Miniflare(
    convertV4MiniflareOptions({
      name: 'd1-first',
      modules: true,
      script: readFileSync(worker, 'utf8'),
      compatibilityDate: '2026-06-01',
      bindings: { APP_SECRET: plainIdentity.appSecret, META_ORIGIN: metaOrigin },
      d1Databases: ['DB'],
      d1Persist: join(folder, 'd1'),
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      ...(inspectorPort === undefined ? {} : { inspectorPort }),
    }),
  )
}

export const d1First: Target = {
  name: 'one D1 insert per message',
  async start(options = {}) {
    const folder = temporaryFolder('d1-first')
    const graph = await startGraph()
    const before = new Set(ownWorkerds())
    const miniflare = startMiniflare(folder.path, graph.origin, options.inspectorPort)
    const stop = onEnd(async () => {
      await miniflare.dispose()
      graph.server.closeAllConnections()
      graph.server.close()
      await folder.remove()
    })
    await miniflare.ready
    const { origin } = await miniflare.unsafeGetDirectURL()
    const database = await miniflare.getD1Database('DB')
    const query: Query = async (sql) => (await database.prepare(sql).all()).results
    for (const table of tables) await query(table)
    const path = `/v25.0/${plainIdentity.phoneNumberId}/messages`
    return {
      webhookUrl: origin + webhookPath,
      pids: ownWorkerds().filter((pid) => !before.has(pid)),
      identity: plainIdentity,
      storesFirst: true,
      stored: async () => Number((await query('SELECT count(*) AS n FROM messages'))[0]?.n),
      fill: (count) => cloneRows(query, 'messages', ['wamid'], count),
      seen: async (_from, wamid) => (await fetch(`${origin}/seen?wamid=${wamid}`)).status === 200,
      send: {
        direct: { url: graph.origin + path, token: 'bench' },
        proxied: { url: origin + path, token: 'bench' },
      },
      stop,
    }
  },
}
