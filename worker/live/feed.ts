// The live feed: one Durable Object per account that holds the sockets of its browsers, hibernating, and remembers the ids of
// what has just changed for those that lost the line. A browser hears `hello` (you have everything up to `seq`), then `changes`
// one after the other; `reset` when what it missed cannot be told any more. Called by announce.ts and by the door in routes.ts.
// Why: docs/decisions/0036.

import { DurableObject } from 'cloudflare:workers'
import { database } from '../../db/client.ts'
import type { Search } from '../crypto/search.ts'
import { type Scanned, scanStorage } from '../crypto/search-storage.ts'
import { limits } from '../ground/limits.ts'
import { errorName, log } from '../ground/log.ts'
import type { Change, Whose } from './announce.ts'
import { ChangeLog } from './change-log.ts'
import { listenerHeader } from './header.ts'
import { audible } from './hearing.ts'
import { fallen, type Listener } from './standing.ts'

/** Why we hung up: who listened has to show again who they are. */
const noLongerAllowed = 4001
/** The same member opened more lines than anybody needs. */
const tooMany = 4002

const tagsOf = ({ memberId, sessionId, keyId }: Listener): string[] => [
  ...(memberId === undefined ? [] : [`member:${memberId}`]),
  sessionId === undefined ? `key:${keyId}` : `session:${sessionId}`,
]

const listenerOf = (socket: WebSocket): Listener => socket.deserializeAttachment() as Listener

export class Feed extends DurableObject<Env> {
  readonly #log: ChangeLog
  #checkedAt = Date.now()
  #alarmed = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#log = new ChangeLog(ctx.storage.sql)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  /** A new line. `after` and `epoch` of the address say where the browser stood when it lost the last one. */
  override async fetch(request: Request): Promise<Response> {
    const listener = JSON.parse(request.headers.get(listenerHeader) ?? '{}') as Listener
    const query = new URL(request.url).searchParams
    const [theirs, ours] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket]
    this.#closeOldest(listener)
    this.ctx.acceptWebSocket(ours, tagsOf(listener))
    ours.serializeAttachment(listener)
    this.#welcome(ours, listener, query.get('after'), query.get('epoch'))
    await this.#wakeLater()
    return new Response(null, { status: 101, webSocket: theirs })
  }

  #welcome(socket: WebSocket, { scopes }: Listener, after: string | null, epoch: string | null): void {
    const here = this.#log.position
    const lost = after !== null && epoch !== null
    const seq = lost ? Number(after) : here.seq
    const missed = lost ? this.#log.since({ seq, epoch }) : []
    send(socket, missed ? { type: 'hello', seq, epoch: here.epoch } : { type: 'reset', ...here })
    for (const { seq, changes } of missed ?? []) {
      const heard = audible(changes, scopes)
      if (heard.length > 0) send(socket, { type: 'changes', seq, changes: heard })
    }
  }

  #closeOldest({ memberId, keyId }: Listener): void {
    const own = this.ctx.getWebSockets(memberId === undefined ? `key:${keyId}` : `member:${memberId}`)
    const oldest = own.sort((a, b) => listenerOf(a).since - listenerOf(b).since)
    for (const socket of oldest.slice(0, own.length - limits.feedSocketsEach + 1))
      close(socket, tooMany, 'too many lines')
  }

  async publish(changes: readonly Change[]): Promise<void> {
    const now = Date.now()
    const seq = this.#log.append(changes, now)
    const words = new Map<string, string>()
    for (const socket of this.ctx.getWebSockets()) {
      const { scopes } = listenerOf(socket)
      const key = scopes.join()
      const word =
        words.get(key) ?? JSON.stringify({ type: 'changes', seq, changes: audible(changes, scopes) })
      words.set(key, word)
      if (!word.endsWith('"changes":[]}')) say(socket, word)
    }
    await this.#wakeLater()
    if (now - this.#checkedAt >= limits.feedRecheckMs) this.ctx.waitUntil(this.#recheck(now))
  }

  /** Ends the lines of a session, a key, a member, or of everybody. */
  async hangUp(whose: Whose): Promise<number> {
    const sockets = this.ctx.getWebSockets(whose === 'all' ? undefined : whose)
    for (const socket of sockets) close(socket, noLongerAllowed, 'no longer allowed')
    return sockets.length
  }

  /** Somebody was erased: what was told of them is told to nobody again. How many lists there were. */
  async forget(): Promise<number> {
    return this.#log.clear()
  }

  /** Everything of the account, lines included. How many lists there were. */
  async erase(): Promise<number> {
    await this.hangUp('all')
    const lists = this.#log.clear()
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
    this.#alarmed = false
    this.#log.reborn()
    return lists
  }

  /** For the residue scan: a page of everything that is stored here. */
  async scan(search: Search, cursor?: string): Promise<Scanned> {
    return scanStorage(this.ctx.storage, search, cursor)
  }

  override async alarm(): Promise<void> {
    this.#alarmed = false
    const left = this.#log.prune(Date.now())
    await this.#recheck(Date.now())
    if (left || this.ctx.getWebSockets().length > 0) await this.#wakeLater()
  }

  async #wakeLater(): Promise<void> {
    if (this.#alarmed) return
    this.#alarmed = true
    if ((await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Date.now() + limits.feedPruneEveryMs)
  }

  /** Never throws: it is asked again. */
  async #recheck(now: number): Promise<void> {
    this.#checkedAt = now
    const sockets = this.ctx.getWebSockets()
    if (sockets.length === 0) return
    try {
      const listeners = new Map(sockets.map((socket) => [listenerOf(socket), socket]))
      const ended = await fallen(database(this.env.DB), this.ctx.id.name ?? '', [...listeners.keys()], now)
      for (const one of ended) close(listeners.get(one) as WebSocket, noLongerAllowed, 'no longer allowed')
    } catch (cause) {
      log('warn', 'feed.not_checked', { error: errorName(cause) })
    }
  }

  /** Nothing but `ping` is said here, and that is answered without waking us. */
  override async webSocketMessage(socket: WebSocket): Promise<void> {
    close(socket, 1008, 'only listening')
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    close(socket, code === 1005 || code === 1006 ? 1000 : code, '')
  }
}

const send = (socket: WebSocket, word: object): void => say(socket, JSON.stringify(word))

/** A line that has just died is told nothing: whoever was there comes back and says where they stood. */
function say(socket: WebSocket, word: string): void {
  try {
    socket.send(word)
  } catch {
    close(socket, 1011, '')
  }
}

function close(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason)
  } catch {
    // It is closed already.
  }
}
