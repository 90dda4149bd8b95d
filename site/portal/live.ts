// The live feed of the workspace: one socket for the page that tells which things changed, by kind and id. What was missed
// while the line was down comes after it is back, and where that is not possible everybody looks again. Called by mount.tsx
// and, through `useChanges`, by every screen.

import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { chosenWorkspace } from './client.ts'
import { loadSession, session } from './session.ts'

/** As worker/live/announce.ts tells it. */
export type Change =
  | { kind: 'message'; conversationId: string; messageId?: string }
  | { kind: 'conversation'; conversationId: string }
  | { kind: 'contact'; contactId: string }
  | { kind: 'contact_gone'; contactId: string }
  | { kind: 'number'; numberId: string }
  | { kind: 'deletion'; deletionId: string }
  | { kind: 'templates' | 'members' | 'labels' | 'requests' | 'keys' | 'workspace' | 'imports' | 'exports' }
export type Kind = Change['kind']

export type Line = 'connecting' | 'live' | 'waiting' | 'offline'
/** The state of the line, for whoever shows it. */
export const line = signal<Line>('connecting')

type Word =
  | { type: 'hello' | 'reset'; seq: number; epoch: string }
  | { type: 'changes'; seq: number; changes: Change[] }

/** Called with what changed of the kinds asked for; with an empty list when anything may have changed. */
type Listener = { kinds: ReadonlySet<Kind>; hear: (changes: Change[]) => void }
const listeners = new Set<Listener>()

const pingMs = 30_000
const lookMs = 60_000
const firstWaitMs = 500
const longestWaitMs = 30_000
/** A line that lasted so long was a good one: the next wait is short again. */
const goodMs = 10_000
/** What worker/live/feed.ts says when it hangs up. */
const noLongerAllowed = 4001
const tooManyLines = 4002

let socket: WebSocket | undefined
let seq: number | undefined
let epoch: string | undefined
let failures = 0
let heardAt = 0
let retry: ReturnType<typeof setTimeout> | undefined
let started = false

function spread(changes: Change[]): void {
  for (const { kinds, hear } of [...listeners]) {
    if (changes.length === 0) hear([])
    const wanted = changes.filter(({ kind }) => kinds.has(kind))
    if (wanted.length > 0) hear(wanted)
  }
}

function heard(word: Word): void {
  if (word.type === 'changes') {
    // Told again after a reconnect: nothing is heard twice.
    if (seq !== undefined && word.seq <= seq) return
    seq = word.seq
    spread(word.changes)
    return
  }
  // An epoch that is not ours: the numbers before it say nothing about what was missed.
  const anew = word.type === 'reset' || (epoch !== undefined && epoch !== word.epoch)
  const first = seq === undefined
  epoch = word.epoch
  if (anew || first) seq = word.seq
  // What changed between the loading of a screen and its first word from here was told to nobody.
  if (anew || first) spread([])
}

function address(): string {
  const url = new URL('/api/v1/live', location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  const workspace = chosenWorkspace() ?? session.value?.workspace?.id
  if (workspace) url.searchParams.set('workspace', workspace)
  if (seq !== undefined) url.searchParams.set('after', String(seq))
  if (epoch !== undefined) url.searchParams.set('epoch', epoch)
  return url.href
}

/** With jitter, so that a thousand browsers do not come back in the same second. */
const waitMs = (): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 10)) * (0.5 + Math.random())

function lost(openedAt: number, code = 0): void {
  socket = undefined
  failures = openedAt > 0 && Date.now() - openedAt > goodMs ? 0 : failures + 1
  line.value = navigator.onLine ? 'waiting' : 'offline'
  clearTimeout(retry)
  // The oldest of too many lines comes back when somebody looks at it: else the tabs would take it from each other.
  if (code !== tooManyLines)
    retry = setTimeout(() => void again(code), code === noLongerAllowed ? 0 : waitMs())
}

/**
 * A line that is refused may be a session that has ended or a role that has changed: that is asked first. The one ends in
 * signing in, the other changes what there is to do.
 */
async function again(code: number): Promise<void> {
  if ((failures > 1 || code === noLongerAllowed) && navigator.onLine) await loadSession()
  connect()
}

function connect(): void {
  if (socket || document.visibilityState === 'hidden' || !navigator.onLine) return
  clearTimeout(retry)
  line.value = line.value === 'live' ? 'live' : 'connecting'
  const opened = new WebSocket(address())
  let openedAt = 0
  socket = opened
  opened.addEventListener('open', () => {
    openedAt = Date.now()
    heardAt = openedAt
    line.value = 'live'
  })
  opened.addEventListener('message', ({ data }) => {
    heardAt = Date.now()
    if (data !== 'pong') heard(JSON.parse(String(data)) as Word)
  })
  opened.addEventListener('close', ({ code }) => {
    if (socket === opened) lost(openedAt, code)
  })
}

/** A line that answers no ping is dead, whatever the browser thinks. */
function ping(): void {
  if (socket?.readyState !== WebSocket.OPEN) connect()
  else if (Date.now() - heardAt > 2 * pingMs + 5_000) cut()
  else socket.send('ping')
}

function cut(): void {
  const open = socket
  socket = undefined
  open?.close()
  lost(0)
}

/** Everybody looks by themselves: the feed is a convenience, never the truth. */
function look(): void {
  if (document.visibilityState === 'hidden') return
  if (!socket) connect()
  if (line.value !== 'live') spread([])
}

function back(): void {
  failures = 0
  if (!socket) connect()
  spread([])
}

/** Once for a page. */
export function startLive(): void {
  if (started) return
  started = true
  connect()
  setInterval(ping, pingMs)
  setInterval(look, lookMs)
  addEventListener('online', back)
  addEventListener('offline', () => {
    line.value = 'offline'
    cut()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') back()
  })
}

/** The session ended, or the page is about to go. */
export function stopLive(): void {
  started = true
  clearTimeout(retry)
  const open = socket
  socket = undefined
  open?.close()
}

/**
 * Calls `hear` with what changed of these kinds; with an empty list when anything may have changed, and all of it is to be
 * loaded again.
 */
export function useChanges(kinds: Kind[], hear: (changes: Change[]) => void): void {
  const latest = useRef(hear)
  latest.current = hear
  const wanted = kinds.join()
  useEffect(() => {
    const listener: Listener = {
      kinds: new Set(wanted.split(',') as Kind[]),
      hear: (changes) => latest.current(changes),
    }
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [wanted])
}
