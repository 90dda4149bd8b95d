// The floor: bare workerd that verifies and answers, on a port the system picks. Used by the sections that
// take ratios.

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from './cleanup.ts'
import { type Child, startChild } from './processes.ts'
import { plainIdentity, type Target, webhookPath } from './targets.ts'

const worker = fileURLToPath(new URL('./peers/floor-worker.js', import.meta.url))

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "floor", worker = (
    modules = [(name = "floor-worker.js", esModule = embed "floor-worker.js")],
    compatibilityDate = "2026-06-01",
    bindings = [(name = "APP_SECRET", text = "${plainIdentity.appSecret}")],
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "floor")],
);
`

/** The executable itself: the package's own command is a Node script that would stay in front of it. */
export const workerdBinary = (): string => {
  const found: unknown = createRequire(import.meta.url)('workerd')
  const path = typeof found === 'object' && found !== null && 'default' in found ? found.default : found
  if (typeof path !== 'string') throw new Error('the workerd package names no executable')
  return path
}

/** workerd writes one JSON line to its control pipe for each socket it has opened. */
async function listeningPort(child: Child): Promise<number> {
  const control = child.process.stdio[3] as Readable | undefined
  if (!control) throw new Error('workerd has no control pipe')
  for await (const line of createInterface(control)) {
    const message = JSON.parse(line) as { event?: string; port?: number }
    if (message.event === 'listen' && message.port !== undefined) return message.port
  }
  throw new Error('workerd ended before it listened')
}

export const floor: Target = {
  name: 'floor (bare workerd)',
  async start() {
    const folder = temporaryFolder('floor')
    writeFileSync(join(folder.path, 'config.capnp'), config)
    writeFileSync(join(folder.path, 'floor-worker.js'), readFileSync(worker))
    const child = startChild(
      workerdBinary(),
      ['serve', '--control-fd=3', join(folder.path, 'config.capnp')],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
      },
    )
    const port = await listeningPort(child)
    return {
      webhookUrl: `http://127.0.0.1:${port}${webhookPath}`,
      pids: [child.pid],
      identity: plainIdentity,
      async stop() {
        await child.stop()
        await folder.remove()
      },
    }
  },
}
