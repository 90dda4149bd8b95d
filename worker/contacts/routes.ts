// Doors of the contacts walk: finding people, one of them whole, correcting, revealing, leaving alone. Mounted by app.ts.

import { database } from '../../db/client.ts'
import { type DoorEnv, seesIdentifiers } from '../audit/principal.ts'
import { type ContactView, contactQuery, openContacts } from '../conversations/list-contacts.ts'
import {
  aboutPeople,
  createRoute,
  cutPage,
  idParam,
  isoTime,
  jsonAnswer,
  jsonBody,
  openApiRoom,
  pageQuery,
  refusals,
  timeKey,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { worldOf } from '../ground/world.ts'
import { correctName } from './correct.ts'
import { loadDetail, shownContact } from './detail.ts'
import { findContacts, listedOf } from './find.ts'
import { endObjection, object, restrict, restrictionsQuery } from './held.ts'
import { historyQuery, historyView } from './history.ts'
import { reveal } from './reveal.ts'
import {
  contactDetailSchema,
  contactsQuerySchema,
  historyPage,
  listedContactPage,
  nameBody,
  restrictionPage,
  revealedSchema,
} from './shapes.ts'

const tags = ['Contacts']
const one = { params: idParam('cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c') }
const unknown = ['unauthorized', 'forbidden', 'frozen', 'not_found'] as const
const badBody = ['bad_request', 'too_large', 'unsupported_media'] as const

const listContacts = createRoute({
  ...aboutPeople('conversations:read'),
  method: 'get',
  path: '/contacts',
  operationId: 'listContacts',
  summary: 'List or find contacts',
  description:
    'The one heard of last first. Phone numbers and user ids are masked for roles that need not see them.',
  tags,
  request: { query: contactsQuerySchema },
  responses: {
    200: jsonAnswer('A page of contacts.', listedContactPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'frozen'),
  },
})

const getContact = createRoute({
  ...aboutPeople('conversations:read'),
  method: 'get',
  path: '/contacts/{id}',
  operationId: 'getContact',
  summary: 'Read one contact',
  tags,
  request: one,
  responses: { 200: jsonAnswer('The contact.', contactDetailSchema), ...refusals(...unknown) },
})

const correctContact = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'patch',
  path: '/contacts/{id}',
  operationId: 'correctContact',
  summary: 'Correct the name of a contact',
  description: 'WhatsApp does not overwrite a name that was corrected.',
  tags,
  request: { ...one, body: jsonBody(nameBody) },
  responses: {
    200: jsonAnswer('The contact as it stands now.', contactDetailSchema),
    ...refusals(...unknown, ...badBody),
  },
})

const revealContact = createRoute({
  ...aboutPeople('identifiers:reveal'),
  method: 'post',
  path: '/contacts/{id}/reveal',
  operationId: 'revealContact',
  summary: 'Show the phone number and user id of a contact',
  description: 'Noted in the ledger with who asked; sixty in an hour at most.',
  tags,
  request: one,
  responses: {
    200: jsonAnswer('Unmasked.', revealedSchema),
    ...refusals(...unknown, 'too_many_requests'),
  },
})

const restrictContact = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'put',
  path: '/contacts/{id}/restriction',
  operationId: 'restrictContact',
  summary: 'Leave a contact alone, because they asked for it',
  description: 'Nothing of this person is shown and nothing is sent until it is lifted.',
  tags,
  request: one,
  responses: { 204: { description: 'It stands.' }, ...refusals(...unknown) },
})

const listRestrictions = createRoute({
  ...aboutPeople('deletions'),
  method: 'get',
  path: '/restrictions',
  operationId: 'listRestrictions',
  summary: 'List the contacts that asked to be left alone',
  description: 'By id and date alone, so that a restriction can be lifted. Newest first.',
  tags,
  request: { query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of restrictions.', restrictionPage),
    ...refusals('bad_request', 'unauthorized', 'forbidden', 'frozen'),
  },
})

const objectContact = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'put',
  path: '/contacts/{id}/objection',
  operationId: 'noteObjection',
  summary: 'Note that a contact wants no more messages',
  description: 'You may still answer what they write.',
  tags,
  request: one,
  responses: { 204: { description: 'It stands.' }, ...refusals(...unknown) },
})

const endObjectionRoute = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'delete',
  path: '/contacts/{id}/objection',
  operationId: 'endObjection',
  summary: 'End an objection',
  description: 'Only with a consent to marketing, newer than the objection, that did not come with a list.',
  tags,
  request: one,
  responses: { 204: { description: 'It is lifted.' }, ...refusals(...unknown, 'conflict') },
})

const readHistory = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'get',
  path: '/contacts/{id}/history',
  operationId: 'readContactHistory',
  summary: 'Read what was done about a contact',
  description: 'From the ledger, newest first, through every merge.',
  tags,
  request: { ...one, query: pageQuery(timeKey) },
  responses: {
    200: jsonAnswer('A page of entries.', historyPage),
    ...refusals('bad_request', ...unknown),
  },
})

export const contacts = openApiRoom<DoorEnv>()
  .openapi(listContacts, async (c) => {
    const { limit, objected, ...wanted } = c.req.valid('query')
    const { principal } = c.var
    const db = database(c.env.DB)
    const only = objected === undefined ? undefined : objected === 'true'
    const filter = { ...wanted, limit, objected: only, identifiers: seesIdentifiers(principal) }
    const found = await findContacts(db, c.env.KEEPER, principal.accountId, filter, Date.now())
    const { rows, next } = cutPage(found, limit, (row) => [row.lastSeenAt, row.id])
    const listed = await listedOf(db, principal.accountId, rows)
    const opened = await openContacts(c.env.KEEPER, principal.accountId, rows, Date.now())
    const data = listed.map(({ row, ...beside }, i) => ({
      ...shownContact(row, opened[i] as ContactView, principal),
      ...beside,
    }))
    return c.json({ data, next }, 200)
  })
  .openapi(getContact, async (c) => {
    const stores = { db: database(c.env.DB), keepers: c.env.KEEPER }
    const detail = await loadDetail(stores, c.var.principal, c.req.valid('param').id, Date.now())
    if (!detail) throw new Problem('not_found')
    return c.json(detail, 200)
  })
  .openapi(correctContact, async (c) => {
    const { id } = c.req.valid('param')
    const done = await correctName(worldOf(c), c.var.principal, id, c.req.valid('json').name)
    const stores = { db: database(c.env.DB), keepers: c.env.KEEPER }
    const detail = done.ok && (await loadDetail(stores, c.var.principal, id, Date.now()))
    if (!detail) throw new Problem('not_found')
    return c.json(detail, 200)
  })
  .openapi(revealContact, async (c) => {
    const shown = await reveal(worldOf(c), c.var.principal, c.req.valid('param').id)
    if (shown.ok) return c.json(shown.value, 200)
    throw shown.reason === 'unknown'
      ? new Problem('not_found')
      : new Problem('too_many_requests', { headers: { 'retry-after': '600' } })
  })
  .openapi(restrictContact, async (c) => {
    const asked = { principal: c.var.principal, contactId: c.req.valid('param').id }
    if (!(await restrict(worldOf(c), asked)).ok) throw new Problem('not_found')
    return c.body(null, 204)
  })
  .openapi(listRestrictions, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const found = await restrictionsQuery(database(c.env.DB), c.var.principal.accountId, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.at, row.contactId])
    return c.json({ data: rows.map((row) => ({ ...row, at: isoTime(row.at) })), next }, 200)
  })
  .openapi(objectContact, async (c) => {
    const asked = { principal: c.var.principal, contactId: c.req.valid('param').id }
    if (!(await object(worldOf(c), asked)).ok) throw new Problem('not_found')
    return c.body(null, 204)
  })
  .openapi(endObjectionRoute, async (c) => {
    const asked = { principal: c.var.principal, contactId: c.req.valid('param').id }
    const done = await endObjection(worldOf(c), asked)
    if (done.ok) return c.body(null, 204)
    throw done.reason === 'unknown'
      ? new Problem('not_found')
      : new Problem('conflict', {
          detail: 'There is no consent to marketing that is newer than the objection.',
        })
  })
  .openapi(readHistory, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const { id } = c.req.valid('param')
    const db = database(c.env.DB)
    if (!(await contactQuery(db, accountId, id).get())) throw new Problem('not_found')
    const found = await historyQuery(db, accountId, id, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.at, row.id])
    return c.json({ data: rows.map(historyView), next }, 200)
  })
