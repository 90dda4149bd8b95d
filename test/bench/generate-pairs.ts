// Sends the same message straight to the simulator and through the target, in turn, one at a time, each to
// the next recipient. A process of its own, started by generator.ts.

import { Agent } from 'node:http'
import type { Pairs, PairsOrder } from './generator.ts'
import { post } from './post.ts'
import type { SendDoor } from './targets.ts'

/** Pairs not counted at the start, in which connections are opened and code is compiled. */
const warmUpPairs = 10

async function run(order: PairsOrder): Promise<Pairs> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const result: Pairs = { directMs: [], proxiedMs: [] }
  const timed = async (door: SendDoor, to: string, n: number): Promise<number> => {
    const body = JSON.stringify({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to,
      type: 'text',
      text: { body: `Pedido ${n} listo` },
    })
    const startedAt = performance.now()
    const { status, text } = await post(
      agent,
      new URL(door.url),
      { authorization: `Bearer ${door.token}` },
      body,
    )
    const tookMs = performance.now() - startedAt
    if (status >= 300) result.fault ??= `${door.url} answered ${status}: ${text.slice(0, 300)}`
    return tookMs
  }
  for (let n = 0; n < order.pairs + warmUpPairs && result.fault === undefined; n++) {
    const to = order.recipients[n % order.recipients.length] ?? ''
    const isDirectFirst = n % 2 === 0
    const first = await timed(isDirectFirst ? order.direct : order.proxied, to, n)
    const second = await timed(isDirectFirst ? order.proxied : order.direct, to, n)
    if (n < warmUpPairs) continue
    result.directMs.push(isDirectFirst ? first : second)
    result.proxiedMs.push(isDirectFirst ? second : first)
  }
  agent.destroy()
  return result
}

process.on('disconnect', () => process.exit(0))
const result = await run(JSON.parse(process.argv[2] ?? '') as PairsOrder)
process.send?.(result, () => process.exit(0))
