// Doors of files: to read one, to have one fetched again, to upload one and to take it back. Mounted by app.ts.

import { actorOf, type DoorEnv } from '../audit/principal.ts'
import { fileKinds } from '../conversations/file-content.ts'
import { limits } from '../ground/limits.ts'
import { aboutPeople, createRoute, idParam, jsonAnswer, openApiRoom, refusals, z } from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { fetchAgain } from './again.ts'
import type { Injected, Outside } from './outside.ts'
import { type RangeRefusal, type ServeRefusal, serveFile } from './serve.ts'
import { discardUpload, type UploadRefusal, uploadFile } from './upload.ts'

const messageParam = idParam('msg_3f5h7k9n1q3s5v7x9z1b3d5f7h')
const conversationParam = idParam('cnv_5b7d9f1h3k5n7q9s1v3x5z7b9d')

const readFile = createRoute({
  ...aboutPeople('conversations:read'),
  method: 'get',
  path: '/messages/{id}/media',
  operationId: 'readMessageMedia',
  summary: 'Read the file of a message',
  description:
    'Answers ranges. Pictures, sound and film come with their type, everything else as a download; nothing is ever public. A browser that is signed in may ask without headers: `workspace` names the workspace then.',
  tags: ['Media'],
  request: {
    params: messageParam,
    query: z.strictObject({
      download: z.enum(['1']).optional().describe('As a download, whatever it is.'),
      workspace: z.string().max(64).optional().describe('The workspace, for a browser that is signed in.'),
    }),
  },
  responses: {
    200: { description: 'The file.', content: { '*/*': { schema: { type: 'string', format: 'binary' } } } },
    206: { description: 'The part asked for.' },
    304: { description: 'The caller has it.' },
    ...refusals('unauthorized', 'forbidden', 'frozen', 'not_found', 'file_missing', 'no_such_part'),
  },
})

const retryFile = createRoute({
  ...aboutPeople('media'),
  method: 'post',
  path: '/messages/{id}/media/retry',
  operationId: 'retryMessageMedia',
  summary: 'Fetch the file of a message again, now',
  description: 'For a file that was missed. Meta has it for seven days.',
  tags: ['Media'],
  request: { params: messageParam },
  responses: {
    200: jsonAnswer(
      'What became of it.',
      z
        .object({ state: z.enum(['waiting', 'kept', 'missed', 'gone']), reason: z.string().nullable() })
        .openapi('MediaState'),
    ),
    ...refusals('unauthorized', 'forbidden', 'frozen', 'not_found', 'file_missing'),
  },
})

const uploadSchema = z
  .object({
    id: z.string().describe('Send it as `mediaId`.').openapi({ example: 'msg_3f5h7k9n1q3s5v7x9z1b3d5f7h' }),
    kind: z.enum(fileKinds).describe('The type of the message that it is sent with.'),
    mime: z.string().openapi({ example: 'image/jpeg' }),
    bytes: z.int(),
    filename: z.string().nullable(),
  })
  .openapi('Upload')

const upload = createRoute({
  ...aboutPeople('media'),
  method: 'post',
  path: '/conversations/{id}/media',
  operationId: 'uploadMedia',
  summary: 'Upload a file to be sent',
  description:
    'The bytes of the file are the body, its type the Content-Type. What WhatsApp would not take is refused before anything leaves. A file that is not sent within a day is deleted.',
  tags: ['Media'],
  request: {
    params: conversationParam,
    headers: z.object({
      'x-filename': z.string().max(limits.filenameChars).optional().describe('Percent-encoded.'),
      'x-voice': z.enum(['1']).optional().describe('A voice message, of Ogg Opus.'),
    }),
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
  },
  responses: {
    201: jsonAnswer('The file, ready to be sent.', uploadSchema),
    ...refusals(
      'bad_request',
      'unauthorized',
      'forbidden',
      'not_found',
      'conflict',
      'file_refused',
      'meta_unreachable',
    ),
  },
})

const discard = createRoute({
  ...aboutPeople('media'),
  method: 'delete',
  path: '/conversations/{id}/media/{mediaId}',
  operationId: 'discardMedia',
  summary: 'Delete an upload that was not sent',
  tags: ['Media'],
  request: { params: conversationParam.extend({ mediaId: z.string().max(64) }) },
  responses: {
    204: { description: 'It is gone.' },
    ...refusals('unauthorized', 'forbidden', 'frozen', 'not_found'),
  },
})

type Context = { env: Env; var: DoorEnv['Variables'] }

export function mediaRoom(injected: Injected = {}) {
  const outside = (c: Context): Outside => ({
    ...{ env: c.env, settings: c.var.settings, now: Date.now },
    ...{ fetch: (input, init) => fetch(input, init), timeoutMs: limits.graphTimeoutMs },
    ...injected,
  })
  const accountOf = (c: Context): string => c.var.principal.accountId
  return openApiRoom<DoorEnv>()
    .openapi(readFile, async (c) => {
      const asked = {
        range: c.req.header('range'),
        ifRange: c.req.header('if-range'),
        ifNoneMatch: c.req.header('if-none-match'),
        download: c.req.valid('query').download !== undefined,
      }
      const served = await serveFile(c.env, accountOf(c), c.req.valid('param').id, asked, Date.now())
      if (!served.ok) throw missing(served)
      const { status, body, headers } = served.value
      return new Response(body, { status, headers }) as never
    })
    .openapi(retryFile, async (c) => {
      const found = await fetchAgain(
        outside(c),
        accountOf(c),
        c.req.valid('param').id,
        actorOf(c.var.principal),
      )
      if (!found.ok) throw missing(found)
      return c.json(found.value, 200)
    })
    .openapi(upload, async (c) => {
      const headers = c.req.valid('header')
      const length = Number(c.req.header('content-length') ?? Number.NaN)
      const taken = await uploadFile(outside(c), accountOf(c), {
        conversationId: c.req.valid('param').id,
        body: c.req.raw.body,
        mime: c.req.header('content-type') ?? '',
        filename: headers['x-filename'],
        voice: headers['x-voice'] !== undefined,
        declaredBytes: Number.isSafeInteger(length) ? length : undefined,
        actor: actorOf(c.var.principal),
      })
      if (!taken.ok) throw uploadProblem(taken)
      return c.json(taken.value, 201)
    })
    .openapi(discard, async (c) => {
      const { id, mediaId } = c.req.valid('param')
      if (!(await discardUpload(c.env, accountOf(c), id, mediaId))) throw new Problem('not_found')
      return c.body(null, 204)
    })
}

function missing(refusal: ServeRefusal | RangeRefusal): Problem {
  switch (refusal.reason) {
    case 'unknown':
      return new Problem('not_found')
    case 'missing':
      return new Problem('file_missing', { detail: `The file is ${refusal.state}.` })
    case 'no_such_part':
      return new Problem('no_such_part', { headers: { 'content-range': `bytes */${refusal.bytes}` } })
  }
}

function uploadProblem(refusal: UploadRefusal): Problem {
  switch (refusal.reason) {
    case 'unknown':
      return new Problem('not_found')
    case 'not_connected':
      return new Problem('conflict', { detail: 'The number is not connected to Meta.' })
    case 'not_taken':
      return new Problem('file_refused', { detail: refusal.detail })
    case 'cut':
      return new Problem('bad_request', { detail: 'The body broke off.' })
    case 'unreachable':
      return new Problem('meta_unreachable')
  }
}
