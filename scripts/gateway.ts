// Runs the built Worker on the embedded default: workerd with D1, KV, R2 and Durable Objects on disk. Called by start.ts,
// by tests that need a whole process, and by the bench. The port is workerd's own: miniflare's entry proxy costs more
// than everything the Worker does.

import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from 'wrangler'

const root = fileURLToPath(new URL('..', import.meta.url))

const passOn = 'export default { fetch: (request, env) => env.ASSETS.fetch(request) }'

/** What takes the place of the e-mail binding: mails are posted as JSON to where they can be read. */
const mailScript = `import { WorkerEntrypoint } from 'cloudflare:workers'
export class Mailer extends WorkerEntrypoint {
  async send(mail) {
    const answer = await fetch(this.env.MAILBOX, { method: 'POST', body: JSON.stringify(mail) })
    if (!answer.ok) throw new Error('the mailbox answered ' + answer.status)
    return { messageId: (await answer.json()).id }
  }
}
export default {}`

export type GatewayOptions = {
  /** Where state is kept. */
  dir: string
  /** 0 takes any free port. */
  port?: number
  vars: Record<string, string>
  /** Where mails go, as a URL that takes JSON; without it the platform's own simulator swallows them. */
  mailbox?: string
  inspectorPort?: number
  /** Lines that the Worker writes; the console unless said. */
  onLog?: (line: string) => void
}

export type Gateway = {
  url: string
  query(sql: string): Promise<Record<string, unknown>[]>
  /** What Cloudflare's clock would do: runs the cron's work now. */
  runCron(): Promise<void>
  close(): Promise<void>
}

/** Rejects when the port is taken, with a message for a person. */
export async function assertFree(port: number, variable: string): Promise<void> {
  if (port === 0) return
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', () =>
      reject(new Error(`Port ${port} is taken. Stop what runs there, or choose another with ${variable}=…`)),
    )
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()))
  })
}

export async function startGateway({
  dir,
  port = 0,
  vars,
  mailbox,
  inspectorPort,
  onLog,
}: GatewayOptions): Promise<Gateway> {
  const { workerOptions } = workerOptionsOf(join(root, 'dist/server/wrangler.json'))
  const { modulesRules: _, assets, email, ...options } = workerOptions
  const common = {
    compatibilityDate: options.compatibilityDate,
    compatibilityFlags: options.compatibilityFlags,
  }
  const worker = {
    ...options,
    name: 'gateway',
    modulesRoot: join(root, 'dist/server'),
    modules: builtModules(),
    bindings: vars,
    ...(mailbox === undefined ? { email } : {}),
    serviceBindings: {
      ASSETS: 'assets',
      ...(mailbox === undefined ? {} : { MAIL: { name: 'mailer', entrypoint: 'Mailer' } }),
    },
    unsafeDirectSockets: [{ host: '127.0.0.1', port }],
  }
  // A Worker of its own for the files, as they are beside ours at Cloudflare: given the assets itself, miniflare would
  // put three more Workers in front of every webhook.
  const files = { ...common, name: 'assets', modules: true, script: passOn, assets }
  const mailer = {
    ...common,
    name: 'mailer',
    modules: true,
    script: mailScript,
    bindings: { MAILBOX: mailbox },
  }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [worker, files, ...(mailbox === undefined ? [] : [mailer])],
      resourcePersistencePath: dir,
      log: new Log(LogLevel.ERROR),
      ...(inspectorPort === undefined ? {} : { inspectorPort }),
      ...(onLog === undefined
        ? {}
        : { handleStructuredLogs: ({ message }: { message: string }) => onLog(message) }),
    } as Parameters<typeof convertV4MiniflareOptions>[0]),
  )
  await miniflare.ready
  await migrate(await miniflare.getD1Database('DB', 'gateway'))
  const { origin } = await miniflare.unsafeGetDirectURL('gateway')
  return {
    url: origin,
    query: async (sql) =>
      (await (await miniflare.getD1Database('DB', 'gateway')).prepare(sql).all<Record<string, unknown>>())
        .results,
    runCron: async () => {
      await (await miniflare.getWorker('gateway')).scheduled({})
    },
    close: () => miniflare.dispose(),
  }
}

/** The entry first, as workerd wants it, then the chunks that it loads lazily. */
function builtModules(): { type: 'ESModule'; path: string }[] {
  const server = join(root, 'dist/server')
  const files = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.mjs') && name !== 'entry.mjs',
  )
  return ['entry.mjs', ...files].map((name) => ({ type: 'ESModule', path: join(server, name) }))
}

type LocalD1 = Awaited<ReturnType<Miniflare['getD1Database']>>

/** Each migration once, in order, each in a transaction; noted as `wrangler d1 migrations` notes them. */
async function migrate(d1: LocalD1): Promise<void> {
  await d1
    .prepare(
      `CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TEXT DEFAULT CURRENT_TIMESTAMP)`,
    )
    .run()
  const folder = join(root, 'db/migrations')
  const { results } = await d1.prepare(`SELECT name FROM d1_migrations`).all<{ name: string }>()
  const applied = new Set(results.map((row) => row.name))
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()) {
    if (applied.has(name)) continue
    const statements = readFileSync(join(folder, name), 'utf8').split('--> statement-breakpoint')
    await d1.batch([
      ...statements.map((sql) => d1.prepare(sql)),
      d1.prepare(`INSERT INTO d1_migrations (name) VALUES (?)`).bind(name),
    ])
  }
}
