// Shapes that the doors of the onboarding walk share, and their world. Called by the routes of this folder.

import { type NumberView, numberQuery, openNumbers } from '../accounts/numbers.ts'
import { instant, isoTime, isoTimeOrNull, z } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import type { Settings } from '../ground/settings.ts'
import { onboardingWorld, type World } from './ask.ts'
import type { Connected } from './signup.ts'

export const tags = ['Numbers']
export const numberExample = 'num_4c6e8g0j2m4p6r8t0w2y4a6c8e'

export const metaId = (example: string) =>
  z
    .string()
    .regex(/^\d{5,32}$/, 'An id of Meta is made of digits')
    .openapi({ example })

export const pin = z
  .string()
  .regex(/^\d{6}$/, 'A PIN has six digits')
  .openapi({ example: '135792' })

export const numberSchema = z
  .object({
    id: z.string().openapi({ example: numberExample }),
    wabaId: z.string().openapi({ example: '201500300400500' }),
    phoneNumberId: z
      .string()
      .describe('Meta’s id: the one in /vNN.N/{phone-number-id}/messages.')
      .openapi({ example: '301600700800900' }),
    displayPhoneNumber: z.string().nullable().openapi({ example: '+34 911 22 23 33' }),
    verifiedName: z.string().nullable().openapi({ example: 'Panaderia Sol' }),
    connectedAt: instant,
    registeredAt: instant.nullable().describe('When this gateway registered it with the Cloud API.'),
    way: z
      .enum(['manual', 'signup', 'coexistence'])
      .nullable()
      .describe('How its account was connected; null when it is not any more.'),
    connection: z
      .enum(['connected', 'reconnect', 'banned', 'disconnected'])
      .describe('`reconnect`: Meta does not take the token; what is sent from the inbox waits.'),
  })
  .openapi('Number')

export const stepSchema = z
  .object({
    step: z.enum(['token', 'account', 'number', 'subscription', 'registration', 'contacts', 'history']),
    state: z.enum(['done', 'failed', 'skipped']),
    sentence: z.string().openapi({ example: 'It is registered, with a PIN that is kept sealed.' }),
    numberId: z.string().nullable(),
  })
  .openapi('ConnectionStep')

export const connectedSchema = z
  .object({
    data: z.array(numberSchema),
    wabaIds: z.array(z.string()).openapi({ example: ['201500300400500'] }),
    steps: z.array(stepSchema),
  })
  .openapi('Connected')

export const view = (number: NumberView) => ({
  ...number,
  connectedAt: isoTime(number.connectedAt),
  registeredAt: isoTimeOrNull(number.registeredAt),
})

type Context = { env: Env; var: { settings: Settings } }

export const worldOf = (c: Context): World => onboardingWorld(c.env, c.var.settings, Date.now())

/** The number with everything that is shown of it; `not_found` when the workspace has none of that id. */
export async function loadShown(world: World, accountId: string, id: string) {
  const row = await numberQuery(world.db, accountId, id).get()
  const [number] = await openNumbers(world.env.KEEPER, accountId, row ? [row] : [], world.now)
  if (!row || !number) throw new Problem('not_found')
  return { row, number }
}

export async function connectedView(
  world: World,
  accountId: string,
  { wabaIds, numberIds, steps }: Connected,
) {
  const shown = await Promise.all(numberIds.map((id) => loadShown(world, accountId, id)))
  return { data: shown.map(({ number }) => view(number)), wabaIds, steps }
}

/** Nothing is connected or mended in a workspace that is being deleted. */
export function refuseFrozen(principal: { frozen: boolean }): void {
  if (principal.frozen) throw new Problem('frozen')
}
