// Everything on this machine, in one process: build, simulated Meta, gateway, two demo businesses. Called by start.ts and
// dev.ts. State stays in .local/ until it is begun anew.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveMeta } from '../test/simulators/meta/serve.ts'
import { build } from './build.ts'
import { demoBusinesses, demoConfigId } from './demo.ts'
import { assertFree, type Gateway, startGateway } from './gateway.ts'
import { type Demo, type DemoWorkspace, seedWorkspace } from './seed.ts'
import { loadVars, type Vars } from './settings.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))
const local = join(root, '.local')
const state = join(local, 'state')
const demoFile = join(local, 'demo.json')
const say = (text: string) => console.log(text)

export type Local = {
  demo: Demo
  /** Ends the gateway and starts the one that was built last, on the same port and state. */
  restartGateway(): Promise<void>
}

function portFrom(variable: string, otherwise: number): number {
  const given = process.env[variable] ?? String(otherwise)
  const port = Number(given)
  if (!/^\d{1,5}$/.test(given) || port < 1 || port > 65_535)
    throw new Error(`${variable} must be a port from 1 to 65535, not “${given}”.`)
  return port
}

async function freePorts(): Promise<{ port: number; metaPort: number }> {
  const port = portFrom('PORT', 8787)
  const metaPort = portFrom('META_PORT', 8788)
  if (port === metaPort) throw new Error('PORT and META_PORT must differ.')
  await assertFree(port, 'PORT')
  await assertFree(metaPort, 'META_PORT')
  return { port, metaPort }
}

function prepare(fresh: boolean): Vars {
  if (fresh) {
    say('Beginning anew: .local/ is emptied.')
    rmSync(local, { recursive: true, force: true })
  }
  mkdirSync(local, { recursive: true })
  const file = join(root, '.dev.vars')
  // Before anything is written: new secrets beside state of the old ones would open nothing, and say so nowhere.
  if (!existsSync(file) && existsSync(state)) {
    throw new Error(
      '.local/ was sealed with secrets that are gone with the old .dev.vars. Begin anew with: npm start -- --fresh',
    )
  }
  const { vars, made } = loadVars(file)
  if (made) say('Made .dev.vars with random secrets.')
  return vars
}

function knownWorkspaces(): DemoWorkspace[] {
  try {
    return (JSON.parse(readFileSync(demoFile, 'utf8')) as Demo).workspaces
  } catch {
    return []
  }
}

async function seed(gateway: string, operatorKey: string): Promise<DemoWorkspace[]> {
  const known = knownWorkspaces()
  const workspaces: DemoWorkspace[] = []
  for (const business of demoBusinesses) {
    const there = known.find((workspace) => workspace.wabaId === business.wabaId)
    workspaces.push(there ?? (await seedWorkspace(gateway, operatorKey, business)))
  }
  return workspaces
}

/** Ctrl-C ends all of it from here on. Rejects with a message for a person. */
export async function startLocal({ fresh }: { fresh: boolean }): Promise<Local> {
  const { port, metaPort } = await freePorts()
  const vars = prepare(fresh)
  say('Building the Worker and the site …')
  build()

  const url = `http://127.0.0.1:${port}`
  const appSecret = (vars.META_APP_SECRETS ?? '').split(',')[0] as string
  const { META_APP_ID: appId, META_VERIFY_TOKEN: verifyToken } = vars as Record<string, string>
  if (!appId || !verifyToken || !appSecret || !vars.OPERATOR_KEY)
    throw new Error('.dev.vars lacks a secret; .dev.vars is made anew when it is deleted.')
  const app = { appId, appSecret, verifyToken }
  say(`Starting the simulated Meta on port ${metaPort} …`)
  const file = join(local, 'meta.json')
  const meta = await serveMeta({ port: metaPort, file, callbackUrl: `${url}/webhooks/meta`, ...app })
  say(
    `Starting the gateway on port ${port} (workerd with D1, KV, R2 and Durable Objects; state in .local/) …`,
  )
  const start = () =>
    startGateway({
      dir: state,
      port,
      vars: { META_CONFIG_ID: demoConfigId, GRAPH_ORIGIN: meta.url, PUBLIC_ORIGIN: url, ...vars },
      mailbox: `${meta.url}/_sim/mailbox`,
    })
  const running = { gateway: await start() }
  takeSignals(running, meta.close)
  setInterval(() => void cron(running.gateway), 60_000)

  say('Seeding two demo businesses …')
  const workspaces = await seed(url, vars.OPERATOR_KEY)
  const demo: Demo = { gateway: url, meta: meta.url, ...app, workspaces }
  writeFileSync(demoFile, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 })
  const restartGateway = async () => {
    await running.gateway.close()
    running.gateway = await start()
    takeSignals(running, meta.close)
  }
  return { demo, restartGateway }
}

/** A minute that fails, or falls into a restart, takes no other minute with it. */
async function cron(gateway: Gateway): Promise<void> {
  try {
    await gateway.runCron()
  } catch (cause) {
    if (!stopping) console.error('cron:', cause)
  }
}

let stopping = false

/** After every start of miniflare: it ends the process at the first signal, before the simulated Meta wrote its state. */
function takeSignals(running: { gateway: Gateway }, closeMeta: () => Promise<void>): void {
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    say('\nStopping …')
    await Promise.allSettled([running.gateway.close(), closeMeta()])
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, () => void stop())
  }
}
