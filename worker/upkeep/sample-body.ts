// The body of a request that is a file for Meta to see. Called by the routes beside it.

import { readCapped } from '../ground/http.ts'
import { limits } from '../ground/limits.ts'
import { z } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import type { Given } from './samples.ts'

/** For createRoute. */
export const sampleBody = {
  headers: z.object({
    'x-filename': z.string().max(limits.filenameChars).optional().describe('Percent-encoded.'),
  }),
  body: {
    required: true,
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  },
} as const

export async function givenFile(request: Request, name: string | undefined): Promise<Given> {
  const read = await readCapped(request, limits.sampleBytes)
  if (!read.ok) throw new Problem(read.reason === 'too_large' ? 'too_large' : 'bad_request')
  const bytes = read.value as Uint8Array<ArrayBuffer>
  return { bytes, mime: request.headers.get('content-type') ?? '', name }
}
