// What the API says of keys, members and workspaces. The schemas parse requests, type answers and fill /openapi.json.

import { type Scope, scopeNames } from '../audit/principal.ts'
import { instant, isoTime, isoTimeOrNull, pageSchema, z } from '../ground/openapi.ts'
import type { CreatedKey, KeyRow } from './keys.ts'
import type { Member } from './members.ts'

export const nameSchema = (example: string) => z.string().trim().min(1).max(100).openapi({ example })
const scope = z.enum(scopeNames)

export const newKeyBody = z
  .strictObject({
    name: nameSchema('Order system'),
    scopes: z
      .array(scope)
      .min(1)
      .max(scopeNames.length)
      .openapi({ example: ['messages:send', 'conversations:read'] }),
  })
  .openapi('NewKey')

export const keySchema = z
  .object({
    id: z.string().openapi({ example: 'key_2k7v9m3c5t8x1z4b6n0q2s4d6f' }),
    name: z.string().openapi({ example: 'Order system' }),
    scopes: z.array(z.string()).openapi({ example: ['messages:send', 'conversations:read'] }),
    createdAt: instant,
    lastUsedAt: instant.nullable().describe('To the minute; null when never used.'),
    revokedAt: instant.nullable(),
  })
  .openapi('Key')

export const createdKeySchema = keySchema
  .extend({
    key: z
      .string()
      .describe('The key itself. Shown in this answer and never again.')
      .openapi({ example: 'sc_…' }),
  })
  .openapi('CreatedKey')

export const keyPage = pageSchema('KeyPage', keySchema)

export const roleSchema = z
  .enum(['owner', 'admin', 'agent', 'developer', 'privacy_officer'])
  .openapi({ example: 'agent' })

export const newMemberBody = z
  .strictObject({
    email: z.email().max(254).openapi({ example: 'agent@example.com' }),
    role: roleSchema,
    metaUserId: z
      .string()
      .regex(/^\d{1,32}$/)
      .optional()
      .describe('The app-scoped Facebook user id of this person, if they connected WhatsApp accounts.')
      .openapi({ example: '900000000000001' }),
  })
  .openapi('NewMember')

export const memberChangeBody = z
  .strictObject({ role: roleSchema.optional(), name: nameSchema('Nina').optional() })
  .refine(({ role, name }) => role !== undefined || name !== undefined, 'Nothing to change')
  .openapi('MemberChange')

export const memberSchema = z
  .object({
    id: z.string().openapi({ example: 'mem_3b5d7f9h1k3n5q7s9v1x3z5b7d' }),
    role: roleSchema,
    email: z.string().nullable().describe('Null while the member is being erased.'),
    name: z.string().nullable().describe('Null until the member said one.'),
    createdAt: instant,
  })
  .openapi('Member')

export const memberPage = pageSchema('MemberPage', memberSchema)

export const newWorkspaceBody = z
  .strictObject({
    name: nameSchema('Panaderia Sol'),
    ownerEmail: z.email().max(254).openapi({ example: 'owner@example.com' }),
  })
  .openapi('NewWorkspace')

export const openedWorkspaceSchema = z
  .object({
    id: z.string().openapi({ example: 'acc_7d2f4h6j8k0m1n3p5q7r9s1t3v' }),
    name: z.string().openapi({ example: 'Panaderia Sol' }),
    apiKey: z
      .string()
      .describe('The first key, with every scope. Shown in this answer and never again.')
      .openapi({ example: 'sc_…' }),
  })
  .openapi('OpenedWorkspace')

export const keyView = (row: KeyRow) => ({
  id: row.id,
  name: row.name,
  scopes: row.scopes,
  createdAt: isoTime(row.createdAt),
  lastUsedAt: isoTimeOrNull(row.lastUsedAt),
  revokedAt: isoTimeOrNull(row.revokedAt),
})

export const memberView = ({ id, role, email, name, createdAt }: Member) => ({
  id,
  role,
  email,
  name,
  createdAt: isoTime(createdAt),
})

export const createdKeyView = ({ id, name, scopes, createdAt, key }: CreatedKey) => ({
  id,
  name,
  scopes,
  createdAt: isoTime(createdAt),
  lastUsedAt: null,
  revokedAt: null,
  key,
})

export const beyondCreator = (missing: Scope[]): string =>
  `A key cannot give what its creator lacks: ${missing.join(', ')}.`
