// The door of the search. Mounted by app.ts.

import { type DoorEnv, seesIdentifiers } from '../audit/principal.ts'
import { conversationSchema, messageSchema } from '../conversations/shapes.ts'
import {
  aboutPeople,
  createRoute,
  jsonAnswer,
  openApiRoom,
  pageQuery,
  pageSchema,
  refusals,
  timeKey,
  z,
} from '../ground/openapi.ts'
import { find } from './find.ts'
import { showHits } from './show.ts'

const hitSchema = z
  .object({
    conversation: conversationSchema,
    message: messageSchema.nullable().describe('Null where the person was found by name or number.'),
    snippet: z
      .object({
        text: z.string(),
        matches: z.array(z.object({ from: z.int(), to: z.int() })).describe('In characters of `text`.'),
      })
      .nullable(),
  })
  .openapi('SearchHit')

const search = createRoute({
  ...aboutPeople('conversations:read'),
  method: 'get',
  path: '/search',
  operationId: 'search',
  summary: 'Search people and messages',
  description:
    'People first, by the beginning of a name or the end of a number; then messages in which all the words stand, the newest first. Case and accents do not count. People who asked to be left alone are never found.',
  tags: ['Conversations'],
  request: {
    query: pageQuery(timeKey).extend({
      q: z.string().min(1).max(200).openapi({ description: 'Whole words.', example: 'pan de centeno' }),
    }),
  },
  responses: {
    200: jsonAnswer('A page of hits.', pageSchema('SearchPage', hitSchema)),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

export const searchRoom = openApiRoom<DoorEnv>().openapi(search, async (c) => {
  const { q, limit, cursor } = c.req.valid('query')
  const { accountId, member } = c.var.principal
  const caller = { accountId, memberId: member?.id, identifiers: seesIdentifiers(c.var.principal) }
  const found = await find(c.env, caller, q, { limit, cursor })
  return c.json({ data: await showHits(c.env, caller, found, Date.now()), next: found.next }, 200)
})
