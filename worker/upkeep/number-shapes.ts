// What the API says of a number's standing, profile and usage. The schemas parse, type answers and fill /openapi.json.

import { limits } from '../ground/limits.ts'
import { z } from '../ground/openapi.ts'

const said = z.string().nullable()

export const standingSchema = z
  .object({
    quality: said.describe('`GREEN`, `YELLOW`, `RED` or `UNKNOWN`.'),
    tier: said.describe('How many people a day may be written to first, as `TIER_2K`.'),
    throughput: said.describe('`STANDARD`: 80 messages a second. `HIGH`: 1,000.'),
    nameStatus: said.describe('Meta’s review of the display name.'),
    status: said.describe('`CONNECTED` and others.'),
    shared: z.boolean().describe('Also used in the WhatsApp Business app: 20 messages a second.'),
  })
  .openapi('NumberStanding', { description: 'As Meta says now.' })
export type Standing = z.infer<typeof standingSchema>

/** Meta's list of industries (business profiles reference). */
const verticals = [
  'OTHER',
  'AUTO',
  'BEAUTY',
  'APPAREL',
  'EDU',
  'ENTERTAIN',
  'EVENT_PLAN',
  'FINANCE',
  'GROCERY',
  'GOVT',
  'HOTEL',
  'HEALTH',
  'NONPROFIT',
  'PROF_SERVICES',
  'RETAIL',
  'TRAVEL',
  'RESTAURANT',
  'NOT_A_BIZ',
] as const

export const profileSchema = z
  .object({
    about: z.string(),
    address: z.string(),
    description: z.string(),
    email: z.string(),
    websites: z.array(z.string()),
    vertical: said,
    pictureUrl: said,
  })
  .openapi('NumberProfile', { description: 'What anybody sees in WhatsApp.' })
export type Profile = z.infer<typeof profileSchema>

export const newProfileBody = z
  .strictObject({
    about: z.string().trim().min(1).max(limits.profileAboutChars),
    address: z.string().trim().max(limits.profileAddressChars),
    description: z.string().trim().max(limits.profileDescriptionChars),
    email: z.union([z.literal(''), z.email().max(limits.profileEmailChars)]),
    websites: z
      .array(z.url({ protocol: /^https?$/ }).max(limits.profileWebsiteChars))
      .max(limits.profileWebsites),
    vertical: z.enum(verticals),
  })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'Nothing to change')
  .openapi('NewNumberProfile')
export type NewProfile = z.infer<typeof newProfileBody>

const count = z.int()
export const usageSchema = z
  .object({
    days: z
      .array(
        z.object({
          day: z.string().openapi({ example: '2026-11-22' }),
          in: count,
          out: count,
          delivered: count,
          failed: count,
        }),
      )
      .describe('UTC, oldest first.'),
    month: z
      .object({
        month: z.string().openapi({ example: '2026-11' }),
        delivered: count.describe('Service messages that were delivered and that Meta counts.'),
        free: count,
        left: count,
      })
      .describe(
        'Meta charges for service messages beyond these, and without a payment method delivers no more.',
      ),
  })
  .openapi('NumberUsage')
