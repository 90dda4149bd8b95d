// What a deletion is known by outside: its page, its needles, its subject's name on a receipt. Called by request.ts, the doors
// and the steps.

import { hex } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'
import type { Settings } from '../ground/settings.ts'

/** The page that shows how the deletion of this code stands. */
export const statusUrl = (settings: Settings, code: string): string =>
  `${settings.publicOrigin}/data-deletion/${code}`

/** What the needles of one deletion are digested with: without it nobody can try phone numbers against them. */
export const needleKey = (platformRef: Uint8Array, deletionId: string): Uint8Array =>
  hmac(platformRef, `needles:${deletionId}`)

/** How the subject is called on a receipt: the same subject, the same commitment; nobody else can make it. */
export const commitmentOf = (platformRef: Uint8Array, scope: string, subjectId: string): string =>
  hex(hmac(platformRef, `commitment:${scope}:${subjectId}`))
