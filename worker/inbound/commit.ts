// Group commit: bodies that arrive in this isolate while a write is under way share the next one. A call to a Durable
// Object costs more than everything else about a webhook (measured by the bench), so calls must be few; the promise stays the
// same: nobody is answered before their body is durable.

import { limits } from '../ground/limits.ts'
import { type Body, encodeFrames, framedBytes } from './frame.ts'

export type Append = (frames: Uint8Array) => Promise<void>

/** `lead`: the write before is done and this request is to make the next one. */
type Turn = 'done' | 'lead' | 'failed'
type Waiter = { body: Body; settle: (turn: Turn) => void }

class Line {
  #waiting: Waiter[] = []
  #busy = false

  /** Resolves when the body is durable; rejects when the write failed. */
  async commit(body: Body, append: Append): Promise<void> {
    if (!this.#busy) {
      this.#busy = true
      return this.#lead([{ body, settle: () => {} }], append)
    }
    const { promise, resolve } = Promise.withResolvers<Turn>()
    const waiter: Waiter = { body, settle: resolve }
    this.#waiting.push(waiter)
    // The leader's request may be cut off, and its promises with it. Whoever waits too long writes alone; should the
    // leader have written the body after all, it is there twice and counted once.
    const turn = await Promise.race([
      promise,
      scheduler.wait(limits.followerWaitMs).then(() => 'late' as const),
    ])
    if (turn === 'done') return
    if (turn === 'failed') throw new Error('the shared write failed')
    if (turn === 'late') {
      this.#waiting = this.#waiting.filter((other) => other !== waiter)
      const next = this.#waiting[0]
      if (next) next.settle('lead')
      else this.#busy = false
      return append(encodeFrames([body]))
    }
    // Others are on their way through this very isolate: let them arrive, then write for all.
    await scheduler.wait(limits.commitGatherMs)
    return this.#lead(this.#take(waiter), append)
  }

  async #lead(batch: Waiter[], append: Append): Promise<void> {
    try {
      await append(encodeFrames(batch.map(({ body }) => body)))
      for (const { settle } of batch) settle('done')
    } catch (cause) {
      for (const { settle } of batch) settle('failed')
      throw cause
    } finally {
      const next = this.#waiting[0]
      if (next) next.settle('lead')
      else this.#busy = false
    }
  }

  /** The new leader and everybody behind it, up to the size of one commit. */
  #take(leader: Waiter): Waiter[] {
    const batch: Waiter[] = []
    let size = 0
    for (const waiter of this.#waiting) {
      size += framedBytes(waiter.body)
      if (batch.length > 0 && size > limits.commitBytes) break
      batch.push(waiter)
    }
    if (!batch.includes(leader)) batch.unshift(leader)
    this.#waiting = this.#waiting.filter((waiter) => !batch.includes(waiter))
    return batch
  }
}

const lines = new Map<string, Line>()

/** Makes a body durable in the journal of this shard, together with whoever else is waiting to write there. */
export function commitBody(shard: string, body: Body, append: Append): Promise<void> {
  const line = lines.get(shard) ?? new Line()
  lines.set(shard, line)
  return line.commit(body, append)
}
