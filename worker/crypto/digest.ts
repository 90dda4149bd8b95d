// SHA-256, where no secret is needed: API keys carry 256 bits of their own, bodies are only compared.

import { createHash } from 'node:crypto'

/** 32 bytes. */
export const sha256 = (input: Uint8Array | string): Uint8Array => createHash('sha256').update(input).digest()

/** For what does not fit in memory at once: `update` part by part, then `digest`. */
export const sha256Parts = () => createHash('sha256')
