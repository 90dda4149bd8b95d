// Who calls, as every room sees it. Made by accounts/auth.ts from an API key, or from a session of the portal.

import type { Settings } from '../ground/settings.ts'

export const scopes = {
  'messages:send': 'Send messages, mark as read, show typing',
  media: 'Upload, read and delete media',
  templates: 'Read and manage message templates',
  'templates:read': 'Read message templates',
  profile: 'Read and change the business profile',
  block: 'Read and change the block list',
  qr: 'Read and manage QR codes',
  'flows:read': 'Read flows',
  'analytics:read': 'Read analytics of the WhatsApp Business Account, and usage',
  'numbers:read': 'Read numbers, their health and dead letters',
  'numbers:write': 'Connect, check, repair and disconnect numbers, replay dead letters',
  'conversations:read': 'Read and search conversations, messages and contacts',
  'conversations:write': 'Assign, label, note and close conversations',
  'contacts:write': 'Change contacts, their fields and consents, import and restrict them',
  'identifiers:read': 'See phone numbers and user ids without asking for each',
  'identifiers:reveal': 'Reveal one phone number or user id, which the ledger notes',
  keys: 'Create, list and revoke API keys',
  members: 'Read, invite, change and erase members',
  deletions: 'Erase contacts, follow deletions, answer requests of people',
  privacy: 'Set retention, accept agreements, export the workspace',
  'workspace:write': 'Change the name and the settings of the workspace',
  'workspace:delete': 'Erase the whole workspace (owners only)',
  audit: 'Read and export the audit ledger',
} as const

export type Scope = keyof typeof scopes
export const scopeNames = Object.keys(scopes) as [Scope, ...Scope[]]

export type Role = 'owner' | 'admin' | 'agent' | 'developer' | 'privacy_officer'

/** `provenAt`: when a code or passkey was last given (epoch ms). */
export type Session = { id: string; userId: string; provenAt: number }

export type Principal = {
  /** Empty for somebody who is signed in and no member of the workspace they name. */
  accountId: string
  /** Empty for a member who is signed in. */
  keyId: string
  /** The browser of a member who is signed in; undefined for a key. */
  session?: Session
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
export function actorOf({ keyId, session, member }: Principal): string {
  if (session) return `member:${member?.id}`
  return keyId === 'system' ? keyId : `key:${keyId}`
}

/** Keys see what their scope opens; of members only those who need phone numbers and user ids see them without asking. */
export const seesIdentifiers = ({ session, scopes }: Principal): boolean =>
  !session || scopes.includes('identifiers:read')

/** One of the workspaces that somebody who is signed in is a member of. */
export type Membership = {
  accountId: string
  memberId: string
  role: Role
  /** The workspace is being deleted. */
  frozen: boolean
}

/** Somebody with a browser of their own, whatever workspaces they have; the one joined last comes first. */
export type SignedIn = { session: Session; memberships: Membership[] }

/** What every door finds on Hono's context; app.ts puts it there. `signedIn` is there wherever a session is asked for. */
export type DoorEnv = {
  Bindings: Env
  Variables: { settings: Settings; principal: Principal; signedIn: SignedIn }
}
