// The body of a request that is a file for Meta to see. Called by the routes beside it.

import { readCapped } from '../ground/http.ts'
import { limits } from '../ground/limits.ts'
import { Problem } from '../ground/problems.ts'
import { type Given, isSampleType, otherType } from './samples.ts'

/** For createRoute. */
export const sampleBody = {
  body: {
    required: true,
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  },
} as const

/** Of a type that cannot be, nothing is read. */
export async function givenFile(request: Request): Promise<Given> {
  const mime = request.headers.get('content-type') ?? ''
  if (!isSampleType(mime)) throw new Problem('file_refused', { detail: otherType.detail })
  const read = await readCapped(request, limits.sampleBytes)
  if (!read.ok) throw new Problem(read.reason === 'too_large' ? 'too_large' : 'bad_request')
  return { bytes: read.value as Uint8Array<ArrayBuffer>, mime }
}
