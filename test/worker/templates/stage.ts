// The cast in D1 and the same cast at the simulated Meta, for tests of what a business keeps up there.

import { vi } from 'vitest'
import * as cast from '../../simulators/meta/cast.ts'
import { createMeta, type Meta } from '../../simulators/meta/meta.ts'
import type { BusinessSetup } from '../../simulators/meta/options.ts'
import { defaultTemplates } from '../../simulators/meta/templates-default.ts'
import { type Business, monsoon, sol } from '../../support/cast.ts'
import { seedCast } from '../../support/world.ts'

const businessAtMeta = (business: Business, setup: BusinessSetup, first: bigint) => ({
  ...setup,
  wabas: setup.wabas.map((waba) => ({
    ...waba,
    templates: defaultTemplates.map((template, i) => ({ ...template, id: String(first + BigInt(i)) })),
  })),
  token: business.token,
})

export type MetaStage = { meta: Meta; calls: Request[]; answerInstead: (answer: Instead) => void }
type Instead = ((request: Request) => Response | Promise<Response> | undefined) | undefined

/** Every fetch of the Worker goes to the simulator; `vi.unstubAllGlobals` ends it. */
export async function openMeta(): Promise<MetaStage> {
  await seedCast()
  const meta = createMeta({
    businesses: [
      businessAtMeta(sol, cast.panaderia, 18901122334455661n),
      businessAtMeta(monsoon, cast.monsoon, 18901122334466771n),
    ],
  })
  const calls: Request[] = []
  let instead: Instead
  vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
    const request = new Request(input, init)
    calls.push(request.clone() as Request)
    return (await instead?.(request)) ?? meta.fetch(request)
  })
  return {
    meta,
    calls,
    answerInstead: (answer) => {
      instead = answer
    },
  }
}
