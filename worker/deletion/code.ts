// The code of a deletion: 128 bits that only we can make from its id, so that it need not be kept. Whoever has it may
// follow the deletion; it says nothing by itself. Called by request.ts, status.ts and the operator's doors.

import { hex } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { hmac } from '../crypto/hmac.ts'
import { base32 } from '../ground/ids.ts'
import type { Settings } from '../ground/settings.ts'

/** 26 letters and digits. `platformRef` is the ref key of the platform's Keeper. */
export const codeOf = (platformRef: Uint8Array, deletionId: string): string =>
  base32(hmac(platformRef, `deletion-code:${deletionId}`))

/** How a code is looked up: hex SHA-256. Codes are read in any case. */
export const codeDigest = (code: string): string => hex(sha256(code.toLowerCase()))

/** The page that shows how the deletion of this code stands. */
export const statusUrl = (settings: Settings, code: string): string =>
  `${settings.publicOrigin}/data-deletion/${code}`

/** What the needles of one deletion are digested with: without it nobody can try phone numbers against them. */
export const needleKey = (platformRef: Uint8Array, deletionId: string): Uint8Array =>
  hmac(platformRef, `needles:${deletionId}`)

/** How the subject is called on a receipt: the same subject, the same commitment; nobody else can make it. */
export const commitmentOf = (platformRef: Uint8Array, scope: string, subjectId: string): string =>
  hex(hmac(platformRef, `commitment:${scope}:${subjectId}`))
