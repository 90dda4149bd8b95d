// The peers: a Node process with a PostgreSQL cluster of its own, behind the same seam as the gateway.

import { fileURLToPath } from 'node:url'
import { startPostgres } from './postgres.ts'
import { type Child, startChild } from './processes.ts'
import { plainIdentity, type Target, webhookPath } from './targets.ts'

const schema = `CREATE TABLE messages (
  wamid text PRIMARY KEY,
  phone_number_id text NOT NULL,
  sender text NOT NULL,
  sent_at bigint NOT NULL,
  payload jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
)`

const toldPort = (child: Child): Promise<number> =>
  new Promise((resolve, reject) => {
    child.process.once('message', (message: { port: number }) => resolve(message.port))
    child.process.once('close', () => reject(new Error('the peer ended before it listened')))
  })

function peer(name: string, file: string, environment: Record<string, string> = {}): Target {
  const program = fileURLToPath(new URL(`./peers/${file}`, import.meta.url))
  return {
    name,
    async start() {
      const cluster = await startPostgres(schema)
      const child = startChild(process.execPath, [program], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: {
          ...process.env,
          ...environment,
          NODE_ENV: 'production',
          BENCH_PG_HOST: cluster.host,
          BENCH_APP_SECRET: plainIdentity.appSecret,
        },
      })
      const port = await toldPort(child)
      return {
        webhookUrl: `http://127.0.0.1:${port}${webhookPath}`,
        pids: [child.pid, cluster.pid],
        identity: plainIdentity,
        storesFirst: true,
        stored: () => cluster.count('SELECT count(*) AS n FROM messages'),
        async stop() {
          await child.stop()
          await cluster.stop()
        },
      }
    },
  }
}

export const expressPg = peer('Express + pg', 'express-pg.ts')
export const expressPgMultiRow = peer('Express + pg, one INSERT a body', 'express-pg.ts', {
  BENCH_MULTI_ROW: '1',
})
export const whatsappApiJsPg = peer('whatsapp-api-js + pg', 'whatsapp-api-js-pg.ts')
