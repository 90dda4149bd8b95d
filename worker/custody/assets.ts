// How the numbers and WhatsApp accounts of an erased workspace are remembered: as keyed digests, so that their late
// events can be dropped. Called by the Eraser (write) and the inbound walk (read).

import { base64url } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'

/** `id`: a phone number id or a WABA id. `platformRef`: the ref key of the platform's Keeper. */
export const assetDigest = (platformRef: Uint8Array, id: string): string =>
  base64url(hmac(platformRef, `asset:${id}`))
