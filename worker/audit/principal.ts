// Who calls, as every room sees it. Made by accounts/auth.ts from an API key.

import type { Settings } from '../ground/settings.ts'

export const scopes = {
  'messages:send': 'Send messages, mark as read, show typing',
  media: 'Upload, read and delete media',
  templates: 'Read and manage message templates',
  profile: 'Read and change the business profile',
  block: 'Read and change the block list',
  qr: 'Read and manage QR codes',
  'flows:read': 'Read flows',
  'analytics:read': 'Read analytics of the WhatsApp Business Account',
  'numbers:read': 'Read numbers, their health and dead letters',
  'numbers:write': 'Connect numbers, replay dead letters',
  'conversations:read': 'Read conversations, messages and contacts',
  keys: 'Create, list and revoke API keys',
  members: 'Read, add and erase members',
  deletions: 'Erase contacts and follow deletions',
  'workspace:delete': 'Erase the whole workspace (owners only)',
  audit: 'Read and export the audit ledger',
} as const

export type Scope = keyof typeof scopes
export const scopeNames = Object.keys(scopes) as [Scope, ...Scope[]]

export type Role = 'owner' | 'admin' | 'agent' | 'developer' | 'privacy_officer'

export type Principal = {
  accountId: string
  keyId: string
  scopes: readonly string[]
  /** When the key was made (epoch ms): what cannot be undone is not done with a fresh one. */
  keyCreatedAt: number
  /** The member the key acts for, while there is one. */
  member: { id: string; role: Role } | undefined
  /** The workspace is being deleted: nothing about people is shown any more. */
  frozen: boolean
}

/** Who sends what the gateway itself has to say; no key can be called so. */
export const systemPrincipal = (accountId: string): Principal => ({
  accountId,
  keyId: 'system',
  scopes: [],
  keyCreatedAt: 0,
  member: undefined,
  frozen: false,
})

/** How the principal is named in the ledger. */
export const actorOf = ({ keyId }: Principal): string => (keyId === 'system' ? keyId : `key:${keyId}`)

/** What every door finds on Hono's context; app.ts puts it there. */
export type DoorEnv = { Bindings: Env; Variables: { settings: Settings; principal: Principal } }
