// Carries webhooks to the gateway: collects, signs, posts, and posts again until somebody says 2xx.
// Called by everything that has news (statuses, inbound messages, raw events) and by the control API.
// Source: Meta’s documentation.

import { hubSignature } from '../crypto.ts'
import { takeFault } from '../faults.ts'
import { numericId } from '../ids.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Delivery, Update } from '../state.ts'
import type { World } from '../world.ts'
import { bodyOf, cut } from './batch.ts'
import { postOnce } from './post.ts'
import { callbackFor } from './target.ts'

const giveUpAfterMs = 7 * 24 * 3_600_000
const mostAtOnce = 64
const encoder = new TextEncoder()

export class Courier {
  readonly #options: ResolvedOptions
  readonly #world: World
  readonly #inFlight = new Set<string>()
  readonly #running = new Set<Promise<unknown>>()
  readonly #queue: (() => void)[] = []
  #open = 0
  #wakeAt = Number.POSITIVE_INFINITY
  #batches = 0

  constructor(options: ResolvedOptions, world: World) {
    this.#options = options
    this.#world = world
  }

  /** Queues an update unless its account has no subscribed app or nobody asked for the field. */
  enqueue(update: Update): boolean {
    const { state } = this.#world
    if (update.wabaId !== null && !state.wabas.get(update.wabaId)?.subscribed) return false
    if (state.app.fields && !state.app.fields.includes(update.field)) return false
    state.pending.push(update)
    this.#world.touch()
    if (!this.#world.settings.hold) this.#wakeBy(update.dueAt + this.#world.settings.batchMs)
    return true
  }

  /** Makes sure that somebody looks when the next thing falls due. */
  wake(): void {
    const next = this.#nextAt()
    if (next !== null) this.#wakeBy(next)
  }

  #wakeBy(next: number): void {
    if (next >= this.#wakeAt) return
    this.#wakeAt = next
    this.#options.schedule(
      () => {
        this.#wakeAt = Number.POSITIVE_INFINITY
        // Not tracked: it waits for everything that is.
        this.tick().catch((cause: unknown) => console.error('meta simulator:', cause))
      },
      Math.max(0, next - this.#world.now()),
    )
  }

  /** Posts whatever is due now. */
  async tick(): Promise<void> {
    const { state, settings } = this.#world
    if (!settings.hold) {
      const now = this.#world.now()
      const ready = state.pending.some((update) => update.dueAt + settings.batchMs <= now)
      if (ready) void this.#dispatch((update) => update.dueAt <= now)
      for (const delivery of state.deliveries.values()) {
        if (delivery.state === 'pending' && (delivery.nextAttemptAt ?? now) <= now) void this.#start(delivery)
      }
    }
    this.wake()
    await this.idle()
  }

  /** Posts everything now: held, not yet due, and waiting for another attempt. */
  async flush(): Promise<{ updates: number; deliveries: number }> {
    const before = this.#world.state.deliveries.size
    let updates = 0
    for (const delivery of this.#world.state.deliveries.values()) {
      if (delivery.state === 'pending') void this.#start(delivery)
    }
    for (let round = 0; round < 20 && this.#world.state.pending.length > 0; round++) {
      updates += this.#world.state.pending.length
      void this.#dispatch(() => true)
      await this.idle()
    }
    await this.idle()
    return { updates, deliveries: this.#world.state.deliveries.size - before }
  }

  /** Waits until no POST is on its way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running])
  }

  /** Posts these updates before it returns. Used where Meta's status overtakes the answer to the send. */
  async deliverNow(select: (update: Update) => boolean): Promise<void> {
    const started = this.#dispatch(select)
    await Promise.allSettled(started)
  }

  /** Queues one POST of exactly this text. */
  async post(url: string, body: string, updates: number, signature?: string): Promise<Delivery> {
    const delivery: Delivery = {
      id: numericId('9', 12),
      url,
      body,
      signature: signature ?? (await hubSignature(this.#options.appSecret, encoder.encode(body))),
      updates,
      createdAt: this.#world.now(),
      attempts: [],
      state: 'pending',
      nextAttemptAt: this.#world.now(),
    }
    this.#world.state.deliveries.set(delivery.id, delivery)
    this.#forgetOld()
    await this.#start(delivery)
    return delivery
  }

  /** What still waits for an answer is never forgotten. */
  #forgetOld(): void {
    const { deliveries } = this.#world.state
    for (const [id, delivery] of deliveries) {
      if (deliveries.size <= this.#options.logLimit) return
      if (delivery.state !== 'pending') deliveries.delete(id)
    }
  }

  async #takeSlot(): Promise<void> {
    if (this.#open < mostAtOnce) this.#open += 1
    else await new Promise<void>((go) => this.#queue.push(go))
  }

  #giveSlot(): void {
    const next = this.#queue.shift()
    if (next) next()
    else this.#open -= 1
  }

  #nextAt(): number | null {
    const { state, settings } = this.#world
    if (settings.hold) return null
    let next: number | null = null
    for (const update of state.pending)
      next = Math.min(next ?? Number.POSITIVE_INFINITY, update.dueAt + settings.batchMs)
    for (const delivery of state.deliveries.values()) {
      if (delivery.state !== 'pending' || this.#inFlight.has(delivery.id)) continue
      next = Math.min(next ?? Number.POSITIVE_INFINITY, delivery.nextAttemptAt ?? 0)
    }
    return next
  }

  #dispatch(select: (update: Update) => boolean): Promise<unknown>[] {
    const { state, settings } = this.#world
    const chosen = state.pending.filter(select)
    if (chosen.length === 0) return []
    state.pending = state.pending.filter((update) => !select(update))
    chosen.sort((a, b) => a.dueAt - b.dueAt)
    if (settings.reorder) chosen.reverse()
    const byUrl = new Map<string, Update[]>()
    for (const update of chosen) {
      const url = callbackFor(this.#world, update)
      if (url === null) continue
      const known = byUrl.get(url)
      if (known) known.push(update)
      else byUrl.set(url, [update])
    }
    const started: Promise<unknown>[] = []
    let before: Promise<unknown> = Promise.resolve()
    for (const [url, updates] of byUrl) {
      for (const run of cut(updates, settings.batchMs === 0 ? 1 : settings.batchMax)) {
        const merge =
          settings.mergeChanges === 'always' ||
          (settings.mergeChanges === 'alternate' && this.#batches++ % 2 === 0)
        const body = bodyOf(run, merge)
        const times = settings.duplicate || takeFault(this.#world, ['webhook-duplicate'], 'POST', url) ? 2 : 1
        for (let copy = 0; copy < times; copy++) {
          // POSTs run side by side, except where their order is what was asked for.
          const go = (): Promise<unknown> => this.post(url, body, run.length)
          before = this.#track(settings.reorder ? before.then(go) : go())
          started.push(before)
        }
      }
    }
    return started
  }

  #track<T>(promise: Promise<T>): Promise<T> {
    const tracked = promise.finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
    return tracked
  }

  #start(delivery: Delivery): Promise<void> {
    if (this.#inFlight.has(delivery.id)) return Promise.resolve()
    this.#inFlight.add(delivery.id)
    return this.#track(this.#attempt(delivery))
  }

  async #attempt(delivery: Delivery): Promise<void> {
    await this.#takeSlot()
    const attempt = await postOnce(this.#options, this.#world, delivery)
    this.#giveSlot()
    delivery.attempts.push(attempt)
    this.#inFlight.delete(delivery.id)
    const now = this.#world.now()
    if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
      delivery.state = 'delivered'
      delivery.nextAttemptAt = null
    } else {
      const delays = this.#world.settings.retryDelaysMs
      const delay = delays[Math.min(delivery.attempts.length, delays.length) - 1] ?? 60_000
      const late = now + delay - delivery.createdAt > giveUpAfterMs
      delivery.state = late ? 'given up' : 'pending'
      delivery.nextAttemptAt = late ? null : now + delay
    }
    this.#world.touch()
    this.wake()
  }
}
