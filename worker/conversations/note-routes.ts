// Doors of the conversations room: notes of the team, and what a member has begun to write. Mounted by app.ts.

import { database } from '../../db/client.ts'
import { actorOf, type DoorEnv, type Principal } from '../audit/principal.ts'
import { limits } from '../ground/limits.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  pageQuery,
  refusals,
  timeKey,
  unlessFrozen,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { eraseNote, keepDraft, loadDraft, notesQuery, openNotes, writeNote } from './notes.ts'
import { draftSchema, draftView, notePage, noteSchema, noteView } from './shapes.ts'
import { shownConversationQuery } from './state.ts'

const conversation = idParam('cnv_5b7d9f1h3k5n7q9s1v3x5z7b9d')
const oneAnswers = refusals('unauthorized', 'forbidden', 'not_found')
const changeAnswers = refusals('bad_request', 'unauthorized', 'forbidden', 'not_found')

const listNotes = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/conversations/{id}/notes',
  operationId: 'listNotes',
  summary: 'List the notes about a conversation',
  description: 'The newest first.',
  tags: ['Conversations'],
  request: { params: conversation, query: pageQuery(timeKey) },
  responses: { 200: jsonAnswer('A page of notes.', notePage), ...changeAnswers },
})

const postNote = createRoute({
  ...needsScope('conversations:write'),
  method: 'post',
  path: '/conversations/{id}/notes',
  operationId: 'writeNote',
  summary: 'Note something about a conversation',
  description: 'For the team; never sent. The person gets a copy when they ask for their data.',
  tags: ['Conversations'],
  request: {
    params: conversation,
    body: jsonBody(
      z.strictObject({ text: z.string().trim().min(1).max(limits.noteChars) }).openapi('NewNote'),
    ),
  },
  responses: { 201: jsonAnswer('The note.', noteSchema), ...changeAnswers },
})

const deleteNote = createRoute({
  ...needsScope('conversations:write'),
  method: 'delete',
  path: '/notes/{id}',
  operationId: 'deleteNote',
  summary: 'Delete a note',
  tags: ['Conversations'],
  request: { params: idParam('nte_1a3c5e7g9j1m3p5r7t9w1y3a5c') },
  responses: { 204: { description: 'It is gone.' }, ...oneAnswers },
})

const getDraft = createRoute({
  ...needsScope('conversations:write'),
  method: 'get',
  path: '/conversations/{id}/draft',
  operationId: 'getDraft',
  summary: 'Read what you began to write',
  tags: ['Conversations'],
  request: { params: conversation },
  responses: { 200: jsonAnswer('The draft.', draftSchema), ...oneAnswers },
})

const putDraft = createRoute({
  ...needsScope('conversations:write'),
  method: 'put',
  path: '/conversations/{id}/draft',
  operationId: 'putDraft',
  summary: 'Keep what you began to write',
  description: 'Nobody else sees it.',
  tags: ['Conversations'],
  request: {
    params: conversation,
    body: jsonBody(z.strictObject({ text: z.string().max(limits.draftChars) }).openapi('NewDraft')),
  },
  responses: { 204: { description: 'It is kept.' }, ...changeAnswers },
})

const deleteDraft = createRoute({
  ...needsScope('conversations:write'),
  method: 'delete',
  path: '/conversations/{id}/draft',
  operationId: 'deleteDraft',
  summary: 'Throw away what you began to write',
  tags: ['Conversations'],
  request: { params: conversation },
  responses: { 204: { description: 'It is gone.' }, ...oneAnswers },
})

/** A draft is somebody's: a key that acts for no member has none. */
function draftPlace({ accountId, member }: Principal, conversationId: string) {
  if (!member) throw new Problem('forbidden', { detail: 'This key acts for no member.' })
  return { accountId, conversationId, memberId: member.id }
}

const room = openApiRoom<DoorEnv>()
room.use('/conversations/:id/notes', unlessFrozen)
room.use('/conversations/:id/draft', unlessFrozen)
room.use('/notes/*', unlessFrozen)

export const notes = room
  .openapi(listNotes, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const { id } = c.req.valid('param')
    const db = database(c.env.DB)
    const [[shown], found] = await db.batch([
      shownConversationQuery(db, accountId, id),
      notesQuery(db, accountId, id, { limit, cursor }),
    ])
    if (!shown) throw new Problem('not_found')
    const { rows, next } = cutPage(found, limit, (row) => [row.at, row.id])
    const opened = await openNotes(c.env.KEEPER, accountId, rows, Date.now())
    return c.json({ data: opened.map(noteView), next }, 200)
  })
  .openapi(postNote, async (c) => {
    const { accountId } = c.var.principal
    const place = { accountId, conversationId: c.req.valid('param').id, actor: actorOf(c.var.principal) }
    const note = await writeNote(c.env, place, c.req.valid('json').text, Date.now())
    if (!note) throw new Problem('not_found')
    return c.json(noteView(note), 201)
  })
  .openapi(deleteNote, async (c) => {
    const who = { accountId: c.var.principal.accountId, actor: actorOf(c.var.principal) }
    if (!(await eraseNote(c.env, who, c.req.valid('param').id, Date.now()))) throw new Problem('not_found')
    return c.body(null, 204)
  })
  .openapi(getDraft, async (c) => {
    const draft = await loadDraft(c.env, draftPlace(c.var.principal, c.req.valid('param').id), Date.now())
    if (draft === undefined) throw new Problem('not_found')
    return c.json(draftView(draft), 200)
  })
  .openapi(putDraft, async (c) => {
    const place = draftPlace(c.var.principal, c.req.valid('param').id)
    const { text } = c.req.valid('json')
    if (!(await keepDraft(c.env, place, text, Date.now()))) throw new Problem('not_found')
    return c.body(null, 204)
  })
  .openapi(deleteDraft, async (c) => {
    const place = draftPlace(c.var.principal, c.req.valid('param').id)
    if (!(await keepDraft(c.env, place, '', Date.now()))) throw new Problem('not_found')
    return c.body(null, 204)
  })
