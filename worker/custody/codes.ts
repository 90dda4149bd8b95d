// Status codes: 128 bits that only we can make from the id of a deletion or a request, so that they need not be kept. Whoever
// has one may follow it; it says nothing by itself. Called by the deletion and the rights walk.

import { hex } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { hmac } from '../crypto/hmac.ts'
import { base32 } from '../ground/ids.ts'

/** 26 letters and digits. `platformRef` is the ref key of the platform's Keeper. */
export const codeOf = (platformRef: Uint8Array, id: string): string =>
  base32(hmac(platformRef, `deletion-code:${id}`))

/** How a code is looked up: hex SHA-256. Codes are read in any case. */
export const codeDigest = (code: string): string => hex(sha256(code.toLowerCase()))
