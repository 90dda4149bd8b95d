// Who is signed in, in which workspace, and what they may do. Loaded once by mount.tsx, read everywhere.

import { signal } from '@preact/signals'
import type { permissions, roles } from '../../worker/accounts/permissions.ts'
import { api, call, chooseWorkspace, chosenWorkspace, type DataOf, type Result } from './client.ts'

export type Role = keyof typeof roles
export type Scope = keyof typeof permissions
export type Session = DataOf<typeof api.session.$get>

/** Undefined until it is loaded, and where nobody signed in. */
export const session = signal<Session | undefined>(undefined)

/** A workspace of this tab that one no longer belongs to is let go, and the one joined last taken. */
export async function loadSession(): Promise<Result<Session>> {
  const answer = await call(api.session.$get())
  if (answer.ok && !answer.data.workspace && chosenWorkspace()) {
    chooseWorkspace(null)
    return loadSession()
  }
  if (answer.ok) session.value = answer.data
  return answer
}

/** Throws outside of `mount`: a screen is shown only to somebody who is signed in. */
export function useSession(): Session {
  if (!session.value) throw new Error('nobody is signed in')
  return session.value
}

/** Whether the role of whoever is signed in has this scope. The server asks again. */
export const can = (scope: Scope): boolean => session.value?.scopes.includes(scope) ?? false

/** Another workspace, from its first page on: nothing of this one stays on the screen. */
export function enterWorkspace(id: string): void {
  chooseWorkspace(id)
  location.assign('/portal/inbox')
}
