// The one table of who may do what: roles and their scopes. Read by auth.ts for members who are signed in, by the portal
// to show what there is to do, and by the page that explains roles. Pure.

import type { Role, Scope } from '../audit/principal.ts'

export const roles: Record<Role, { title: string; about: string }> = {
  owner: { title: 'Owner', about: 'Everything, the end of the workspace included.' },
  admin: { title: 'Admin', about: 'Everything but owners and the end of the workspace.' },
  agent: { title: 'Agent', about: 'Talks with customers. Phone numbers are masked until one is revealed.' },
  developer: { title: 'Developer', about: 'Numbers, templates and keys. Sees no conversations.' },
  privacy_officer: {
    title: 'Privacy officer',
    about: 'Requests, deletions, retention and the ledger. Reads conversations, sends none.',
  },
}

const all: readonly Role[] = ['owner', 'admin', 'agent', 'developer', 'privacy_officer']
const leads: readonly Role[] = ['owner', 'admin']

/** For each scope, who has it. */
export const permissions: Record<Scope, readonly Role[]> = {
  'messages:send': [...leads, 'agent'],
  media: [...leads, 'agent'],
  templates: [...leads, 'developer'],
  'templates:read': [...leads, 'agent', 'developer'],
  profile: [...leads, 'developer'],
  block: [...leads, 'agent'],
  qr: [...leads, 'developer'],
  'flows:read': [...leads, 'developer'],
  'analytics:read': [...leads, 'developer'],
  'numbers:read': all,
  'numbers:write': [...leads, 'developer'],
  'conversations:read': [...leads, 'agent', 'privacy_officer'],
  'conversations:write': [...leads, 'agent'],
  'contacts:write': [...leads, 'agent', 'privacy_officer'],
  'identifiers:read': [...leads, 'privacy_officer'],
  'identifiers:reveal': [...leads, 'agent', 'privacy_officer'],
  keys: [...leads, 'developer'],
  members: leads,
  deletions: [...leads, 'privacy_officer'],
  privacy: [...leads, 'privacy_officer'],
  'workspace:write': leads,
  'workspace:delete': ['owner'],
  audit: [...leads, 'privacy_officer'],
}

export const scopesOf = (role: Role): Scope[] =>
  (Object.keys(permissions) as Scope[]).filter((scope) => permissions[scope].includes(role))
