// How fast a business may do things. Called by the send walk, the register calls and the router.
// Source: Meta’s documentation.

import { refusal } from '../errors.ts'
import type { PhoneNumber, Waba } from '../state.ts'
import type { World } from '../world.ts'

const burst = 45
const refillEveryMs = 6000
const hourMs = 3_600_000

type Second = { second: number; count: number }

/** Counters that a restart may forget: they live seconds or an hour. */
export class Rates {
  readonly #sends = new Map<string, Second>()
  readonly #calls = new Map<string, { since: number; count: number }>()

  /** 130429 above the number's messages per second. */
  checkThroughput(world: World, number: PhoneNumber): void {
    if (!world.settings.enforceThroughput) return
    const second = Math.floor(world.now() / 1000)
    const known = this.#sends.get(number.id)
    const count = known?.second === second ? known.count + 1 : 1
    this.#sends.set(number.id, { second, count })
    if (count > number.throughputMps) throw refusal(130429)
  }

  /** 80007 above the hourly management calls of one account. */
  checkManagement(world: World, waba: Waba): void {
    const now = world.now()
    const known = this.#calls.get(waba.id)
    const current = known && now - known.since < hourMs ? known : { since: now, count: 0 }
    current.count += 1
    this.#calls.set(waba.id, current)
    const registered = waba.numberIds.some((id) => world.state.numbers.get(id)?.registered)
    const limit = world.settings.managementPerHour ?? (registered ? 5000 : 200)
    if (!world.settings.enforceManagementRate || current.count <= limit) return
    throw refusal(80007, undefined, {
      message:
        '(#80007) There have been too many calls to this WhatsApp Business account. Wait a bit and try again.',
    })
  }

  callCount(wabaId: string): number {
    return this.#calls.get(wabaId)?.count ?? 0
  }

  forget(): void {
    this.#sends.clear()
    this.#calls.clear()
  }
}

/** 131056: one message every six seconds to the same person, of which 45 may come at once. */
export function takePairToken(world: World, number: PhoneNumber, personId: string): void {
  const pair = world.pair(number.id, personId)
  const now = world.now()
  pair.tokens = Math.min(burst, pair.tokens + (now - pair.tokensAt) / refillEveryMs)
  pair.tokensAt = now
  if (!world.settings.enforcePairRate) return
  if (pair.tokens < 1) throw refusal(131056, undefined, { subcode: 2494055 })
  pair.tokens -= 1
}

/** 133016 after ten attempts in 72 hours. */
export function countRegisterAttempt(world: World, number: PhoneNumber): void {
  const now = world.now()
  number.registerAttemptsAt = number.registerAttemptsAt.filter((at) => now - at < 72 * hourMs)
  if (number.registerAttemptsAt.length >= 10) throw refusal(133016)
  number.registerAttemptsAt.push(now)
}
