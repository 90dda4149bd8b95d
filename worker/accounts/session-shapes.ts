// What the API says of whoever is signed in: the session, browsers, passkeys, workspaces. The schemas parse requests, type
// answers and fill /openapi.json.

import { scopeNames } from '../audit/principal.ts'
import { instant, isoTime, isoTimeOrNull, pageSchema, z } from '../ground/openapi.ts'
import type { PasskeyRow } from './passkeys.ts'
import type { Here, SessionRow } from './sessions.ts'
import { nameSchema, roleSchema } from './shapes.ts'

const workspaceId = z.string().openapi({ example: 'acc_7d2f4h6j8k0m1n3p5q7r9s1t3v' })
const memberId = z.string().openapi({ example: 'mem_3b5d7f9h1k3n5q7s9v1x3z5b7d' })
const memberName = z.string().nullable().openapi({ example: 'Nina' })

export const workspaceSchema = z
  .object({ id: workspaceId, name: z.string().openapi({ example: 'Panaderia Sol' }) })
  .openapi('Workspace')

export const workspaceBody = z.strictObject({ name: nameSchema('Panaderia Sol') }).openapi('WorkspaceName')

export const ownedWorkspaceSchema = workspaceSchema.extend({ role: roleSchema }).openapi('OwnWorkspace')

export const sessionSchema = z
  .object({
    user: z.object({ id: z.string().openapi({ example: 'usr_5c7e9g1j3m5p7r9t1w3y5a7c9e' }) }),
    session: z.object({
      id: z.string().openapi({ example: 'ses_6d8f0h2k4n6q8s0v2x4z6b8d0f' }),
      provenAt: instant.describe('When a code or passkey was last given.'),
    }),
    workspace: workspaceSchema.nullable().describe('The one named by x-workspace, else the one joined last.'),
    member: z
      .object({ id: memberId, role: roleSchema, name: memberName, email: z.string().nullable() })
      .nullable(),
    scopes: z.array(z.enum(scopeNames)).describe('What the role may do here.'),
    workspaces: z.array(ownedWorkspaceSchema).describe('The one joined last comes first.'),
  })
  .openapi('Session')

export const ownNameBody = z.strictObject({ name: nameSchema('Nina') }).openapi('OwnName')

export const browserSchema = z
  .object({
    id: z.string().openapi({ example: 'ses_6d8f0h2k4n6q8s0v2x4z6b8d0f' }),
    current: z.boolean().describe('The one that asks.'),
    device: z.string().nullable().openapi({ example: 'Firefox on Linux' }),
    network: z
      .string()
      .nullable()
      .describe('The network, not the address.')
      .openapi({ example: '203.0.113.0/24' }),
    place: z.string().nullable().describe('As guessed from the address.').openapi({ example: 'Pune, IN' }),
    signedInAt: instant,
    usedAt: instant.describe('To the day.'),
    expiresAt: instant,
  })
  .openapi('Browser')

export const browserPage = pageSchema('BrowserPage', browserSchema)

export const passkeySchema = z
  .object({
    id: z.string().openapi({ example: 'psk_8f0h2k4n6q8s0v2x4z6b8d0f2h' }),
    name: z.string().nullable().openapi({ example: 'Laptop' }),
    synced: z.boolean().describe('Kept by a password manager on several devices.'),
    createdAt: instant.nullable(),
  })
  .openapi('Passkey')

export const passkeyPage = pageSchema('PasskeyPage', passkeySchema)
export const passkeyBody = z.strictObject({ name: nameSchema('Laptop') }).openapi('PasskeyName')

export const colleagueSchema = z
  .object({ id: memberId, name: memberName, role: roleSchema })
  .openapi('Colleague')
export const colleaguePage = pageSchema('ColleaguePage', colleagueSchema)

export const hereView = ({ userId, sessionId, provenAt, workspace, member, scopes, workspaces }: Here) => ({
  user: { id: userId },
  session: { id: sessionId, provenAt: isoTime(provenAt) },
  workspace,
  member,
  scopes: [...scopes] as z.infer<typeof sessionSchema>['scopes'],
  workspaces,
})

export const browserView = (row: SessionRow, current: string) => ({
  id: row.id,
  current: row.id === current,
  device: row.userAgent || null,
  network: row.ipAddress || null,
  place: row.place,
  signedInAt: isoTime(row.createdAt.getTime()),
  usedAt: isoTime(row.updatedAt.getTime()),
  expiresAt: isoTime(row.expiresAt.getTime()),
})

export const passkeyView = (row: PasskeyRow) => ({
  id: row.id,
  name: row.name,
  synced: row.backedUp,
  createdAt: isoTimeOrNull(row.createdAt?.getTime() ?? null),
})
