// The subject of the bench: the whole gateway, started by the tests' own stack. The only file here that knows
// its tables and URLs; targets.ts says what the others need from it.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onEnd, temporaryFolder } from './cleanup.ts'
import { cloneRows } from './clone-rows.ts'
import { erasing } from './erasing.ts'
import { type Running, type Target, webhookPath } from './targets.ts'

interface Stack {
  /** The Worker's direct socket; miniflare's entry proxy costs half of the speed. */
  url: string
  /** The workerd process. */
  pid: number
  appSecret: string
  phoneNumberId: string
  wabaId: string
  /** Runs on the gateway's D1. */
  query(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
  workspaces: { id: string; phoneNumberId: string; wabaId: string }[]
  /** A key of the workspace that owns the number; without it the API is not measured. */
  apiKey?: string
  /** The simulator and a token it takes for this number; without them sending is not measured. */
  metaUrl?: string
  metaToken?: string
}

/** Two stacks may run at once, so each has ports of its own; `inspectorPort` is workerd's, not a proxy's. */
type StartStack = (options: { dir: string; inspectorPort?: number; meta: object }) => Promise<Stack>

/**
 * The windows are open at the gateway only, a bench sends faster than a person may, and the simulator's statuses would
 * name its own user ids for the bench's phones: to the gateway, numbers that have changed hands.
 */
const unlimited = {
  settings: {
    autoStatuses: false,
    enforceWindow: false,
    enforcePairRate: false,
    enforceThroughput: false,
    enforceManagementRate: false,
  },
}

const stackFile = new URL('../support/stack.ts', import.meta.url)
const storedSql = `SELECT count(*) AS n FROM messages WHERE direction = 'in'`
const filledTable = { name: 'messages', unique: ['id', 'wamid'] }

interface Conversation {
  id: string
  contact: { phone: string | null }
}

interface Message {
  wamid: string
}

async function list<Item>(stack: Stack, path: string): Promise<Item[]> {
  const answer = await fetch(`${stack.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${stack.apiKey}` },
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  return ((await answer.json()) as { data: Item[] }).data
}

/**
 * Asks as the portal does: the newest conversations, then the messages of the one with this sender. Once
 * known, a conversation is asked for directly, as a portal that has it open does.
 */
function visibility(stack: Stack): (from: string, wamid: string) => Promise<boolean> {
  const conversationOf = new Map<string, string>()
  return async (from, wamid) => {
    if (!conversationOf.has(from)) {
      const newest = await list<Conversation>(stack, '/conversations')
      const found = newest.find(({ contact }) => contact.phone?.replace(/\D/g, '') === from)
      if (found) conversationOf.set(from, found.id)
    }
    const id = conversationOf.get(from)
    if (id === undefined) return false
    return (await list<Message>(stack, `/conversations/${id}/messages`)).some(
      (message) => message.wamid === wamid,
    )
  }
}

function behindTheSeam(stack: Stack, stop: () => Promise<void>): Running {
  const { metaUrl, metaToken, apiKey } = stack
  const path = `/v25.0/${stack.phoneNumberId}/messages`
  const running: Running = {
    webhookUrl: stack.url.replace(/\/$/, '') + webhookPath,
    pids: [stack.pid],
    identity: { appSecret: stack.appSecret, phoneNumberId: stack.phoneNumberId, wabaId: stack.wabaId },
    stored: async () => Number((await stack.query(storedSql))[0]?.n),
    fill: (count) => cloneRows(stack.query, filledTable.name, filledTable.unique, count),
    stop,
  }
  if (apiKey === undefined) return running
  const [own, other] = stack.workspaces
  if (own && other) {
    const { identity } = running
    const asked = { url: stack.url, apiKey, accountId: own.id, identity, query: stack.query }
    running.erasing = erasing(asked, { ...other, appSecret: stack.appSecret })
  }
  running.seen = visibility(stack)
  if (metaUrl === undefined || metaToken === undefined) return running
  running.send = {
    direct: { url: metaUrl.replace(/\/$/, '') + path, token: metaToken },
    proxied: { url: stack.url.replace(/\/$/, '') + path, token: apiKey },
  }
  return running
}

export const gateway: Target = {
  name: 'gateway',
  async start(options = {}) {
    if (!existsSync(fileURLToPath(stackFile)))
      throw new Error('test/support/stack.ts, which starts the gateway, is missing')
    const { startStack } = (await import(stackFile.href)) as { startStack: StartStack }
    const folder = temporaryFolder('gateway')
    const stack = await startStack({ dir: folder.path, meta: unlimited, ...options })
    const stop = onEnd(async () => {
      await stack.close()
      await folder.remove()
    })
    return behindTheSeam(stack, stop)
  },
}
