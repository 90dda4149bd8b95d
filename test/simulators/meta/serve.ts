// Serves the simulated Meta on a local port with Node. Called by `npm start`, by benches, and from a shell:
// `node test/simulators/meta/serve.ts --port 8788 --callback http://127.0.0.1:8787/webhooks/meta --file .local/meta.json`.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { type HttpBindings, serve } from '@hono/node-server'
import { ConnectionCut } from './faults.ts'
import { createMeta, type Meta } from './meta.ts'
import type { MetaOptions } from './options.ts'

export type ServeOptions = MetaOptions & {
  /** 0 takes any free port. */
  port?: number
  host?: string
  /** Where the world is kept between runs. */
  file?: string
}

export type Served = { meta: Meta; url: string; port: number; close: () => Promise<void> }

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

function keep(meta: Meta, file: string): { save: () => Promise<void>; stop: () => void } {
  let saved = meta.world.version
  let saving = Promise.resolve()
  let quietUntil = 0
  const save = (): Promise<void> => {
    if (saved === meta.world.version) return saving
    saved = meta.world.version
    saving = saving.then(async () => {
      // Written aside and renamed: a run that is killed leaves the old file, not half of one.
      const began = performance.now()
      await mkdir(dirname(file), { recursive: true })
      await writeFile(`${file}.new`, meta.world.snapshot())
      await rename(`${file}.new`, file)
      // A large world is written less often: saving must not take more than a tenth of the time.
      quietUntil = performance.now() + 10 * (performance.now() - began)
    })
    return saving
  }
  const beat = (): void => {
    if (performance.now() < quietUntil) return
    save().catch((cause: unknown) => console.error('meta simulator: not saved', cause))
  }
  const timer = setInterval(beat, 1000)
  timer.unref()
  return { save, stop: () => clearInterval(timer) }
}

async function recall(meta: Meta, file: string, callbackUrl: string | null | undefined): Promise<void> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return
  }
  meta.world.restore(text)
  if (callbackUrl) meta.world.state.app.callbackUrl = callbackUrl
}

/** Starts listening; a port that is taken rejects. */
export async function serveMeta(options: ServeOptions = {}): Promise<Served> {
  const { port = 8788, host = '127.0.0.1', file, ...rest } = options
  const meta = createMeta(rest)
  if (file !== undefined) await recall(meta, file, rest.callbackUrl)
  const keeper = file === undefined ? null : keep(meta, file)
  const answer = async (request: Request, env: HttpBindings): Promise<Response> => {
    // The control API has no password: only names of this machine may reach it (DNS rebinding).
    if (!loopback.test(request.headers.get('Host') ?? '') && host === '127.0.0.1')
      return new Response('loopback only', { status: 403 })
    try {
      return await meta.fetch(request)
    } catch (cause) {
      if (!(cause instanceof ConnectionCut)) throw cause
      env.incoming.socket.destroy()
      return new Response(null, { status: 500 })
    }
  }
  return new Promise((resolve, reject) => {
    const server = serve({
      fetch: (request, env) => answer(request, env as HttpBindings),
      port,
      hostname: host,
    })
    server.once('error', reject)
    server.once('listening', () => {
      const bound = (server.address() as AddressInfo).port
      const url = `http://${host}:${bound}`
      void meta.advance(0)
      const stop = async (): Promise<void> => {
        keeper?.stop()
        await keeper?.save()
        await new Promise<void>((done) => {
          server.close(() => done())
          if ('closeAllConnections' in server) server.closeAllConnections()
        })
      }
      let stopped: Promise<void> | null = null
      const close = (): Promise<void> => (stopped ??= stop())
      resolve({ meta, url, port: bound, close })
    })
  })
}

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

if (import.meta.main) {
  const served = await serveMeta({
    port: Number(argument('port') ?? process.env.META_PORT ?? 8788),
    callbackUrl: argument('callback') ?? null,
    ...(argument('file') === undefined ? {} : { file: argument('file') as string }),
  })
  console.log(`Meta simulator: ${served.url}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void served.close().then(() => process.exit(0)))
  }
}
