// A request to be forgotten, from any door: recorded once, verified, handed to the Eraser of its account. Called by
// routes.ts, the doors of Meta, and the canary.

import type { Settings } from '../ground/settings.ts'

export type DeletionScope = 'contact' | 'member' | 'workspace' | 'meta_user'
export type DeletionDoor = 'api' | 'meta' | 'import' | 'lifecycle' | 'canary'
export type DeletionState =
  | 'waiting_approval'
  | 'cooling_off'
  | 'running'
  | 'blocked'
  | 'erased'
  | 'completed'
  | 'cancelled'

export type World = { env: Env; settings: Settings; now: number }

export type Asked = {
  /** `platform` for somebody who belongs to no account that we know. */
  accountId: string
  scope: DeletionScope
  /** The contact, the member, the account, or the keyed digest of a Facebook user id. */
  subjectId: string
  door: DeletionDoor
  /** As in the ledger: `key:{id}`, `operator`, `meta`, `system`. */
  actor: string
  /** Workspace scope: give up the numbers at Meta, too. */
  deregister?: boolean
}

export type OpenedDeletion = {
  id: string
  /** 26 letters and digits, 128 bits: whoever has it may follow the deletion. */
  code: string
  /** The status page. */
  url: string
  state: DeletionState
  /** False when the same request stood already. */
  fresh: boolean
}

/** Opens the deletion, or finds the one that stands. It is durable when this resolves; the work goes on by itself. */
export async function requestDeletion(_world: World, _asked: Asked): Promise<OpenedDeletion> {
  throw new Error('not built yet')
}
