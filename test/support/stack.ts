// A whole gateway for tests and benches that need real processes: the built Worker in its own workerd, the simulated
// Meta beside it, both demo businesses connected. State lives in the folder it is given.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { build } from '../../scripts/build.ts'
import { demoBusinesses } from '../../scripts/demo.ts'
import { type Gateway, startGateway } from '../../scripts/gateway.ts'
import { type DemoWorkspace, seedWorkspace } from '../../scripts/seed.ts'
import type { MetaOptions } from '../simulators/meta/options.ts'
import { type Served, serveMeta } from '../simulators/meta/serve.ts'
import { testBindings } from './bindings.ts'

export type Stack = {
  url: string
  metaUrl: string
  meta: Served['meta']
  workspaces: DemoWorkspace[]
  gateway: Gateway
  /** The workerd process that serves the Worker. */
  pid: number
  query(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
  // The first business, for benches.
  appSecret: string
  phoneNumberId: string
  wabaId: string
  apiKey: string
  metaToken: string
}

export type StackOptions = {
  dir: string
  inspectorPort?: number
  port?: number
  /** Workspaces of an earlier run in the same folder. */
  known?: DemoWorkspace[]
  meta?: MetaOptions
  /** How browsers call this machine. Passkeys need a name, `localhost`. */
  host?: 'localhost'
  onLog?: (line: string) => void
}

/** The address has to be known before the Worker starts: it stands in the media URLs that it gives out. */
async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

function children(of: number): number[] {
  const tasks = `/proc/${of}/task`
  if (!existsSync(tasks)) return []
  const direct = readdirSync(tasks)
    .flatMap((task) => readFileSync(`${tasks}/${task}/children`, 'utf8').trim().split(/\s+/))
    .filter(Boolean)
    .map(Number)
  return direct.flatMap((pid) => [pid, ...children(pid)])
}

const workerds = (): number[] =>
  children(process.pid).filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'workerd')

export async function startStack({
  dir,
  inspectorPort,
  port,
  known,
  meta,
  host,
  onLog,
}: StackOptions): Promise<Stack> {
  build()
  const appSecret = testBindings.META_APP_SECRETS
  const served = await serveMeta({
    port: 0,
    appId: testBindings.META_APP_ID,
    appSecret,
    verifyToken: testBindings.META_VERIFY_TOKEN,
    ...meta,
  })
  const before = new Set(workerds())
  const own = port ?? (await freePort())
  const vars = {
    ...testBindings,
    GRAPH_ORIGIN: served.url,
    PUBLIC_ORIGIN: `http://${host ?? '127.0.0.1'}:${own}`,
  }
  const gateway = await startGateway({
    dir,
    port: own,
    vars,
    mailbox: `${served.url}/_sim/mailbox`,
    ...(inspectorPort === undefined ? {} : { inspectorPort }),
    ...(onLog === undefined ? {} : { onLog }),
  })
  const pid = workerds().find((candidate) => !before.has(candidate)) ?? 0
  served.meta.world.state.app.callbackUrl = `${gateway.url}/webhooks/meta`
  const workspaces = known ?? []
  for (const business of known ? [] : demoBusinesses)
    workspaces.push(await seedWorkspace(gateway.url, testBindings.OPERATOR_KEY, business))
  const [first] = workspaces as [DemoWorkspace]
  return {
    url: gateway.url,
    metaUrl: served.url,
    meta: served.meta,
    workspaces,
    gateway,
    pid,
    query: gateway.query,
    close: async () => {
      await Promise.allSettled([gateway.close(), served.close()])
    },
    appSecret,
    phoneNumberId: first.phoneNumberId,
    wabaId: first.wabaId,
    apiKey: first.apiKey,
    metaToken: demoBusinesses[0]?.token as string,
  }
}
