// Doors for what a business notes about its contacts, and for what they agreed to. Mounted by app.ts.

import { database } from '../../db/client.ts'
import type { DoorEnv } from '../audit/principal.ts'
import { consentRuleQuery, consentsQuery } from '../consent/record.ts'
import { contactQuery } from '../conversations/list-contacts.ts'
import {
  aboutPeople,
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
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { worldOf } from '../ground/world.ts'
import { openConsents, recordConsent, saveConsentRule } from './consents.ts'
import {
  changeField,
  createField,
  dropValue,
  type FieldRefusal,
  fieldsQuery,
  fieldView,
  noteValue,
  type ValueRefusal,
} from './fields.ts'
import {
  consentPage,
  consentSchema,
  fieldChangeBody,
  fieldPage,
  fieldSchema,
  newConsentBody,
  newFieldBody,
  ruleSchema,
  valueBody,
} from './shapes.ts'

const known = ['unauthorized', 'forbidden', 'frozen'] as const
const unknown = [...known, 'not_found'] as const
const badBody = ['bad_request', 'too_large', 'unsupported_media'] as const
const field = idParam('fld_2b4d6f8h0k2n4q6s8v0x2z4b6d')
const contact = idParam('cnt_1a3c5e7g9j1m3p5r7t9w1y3a5c')
const ofContact = contact.extend({
  fieldId: z
    .string()
    .openapi({ param: { name: 'fieldId', in: 'path' }, example: 'fld_2b4d6f8h0k2n4q6s8v0x2z4b6d' }),
})

const listFields = createRoute({
  ...aboutPeople('conversations:read'),
  method: 'get',
  path: '/fields',
  operationId: 'readContactFields',
  summary: 'Read what you note about contacts',
  description: 'All of them in one page, oldest first, retired ones included.',
  tags: ['Fields'],
  responses: { 200: jsonAnswer('The fields.', fieldPage), ...refusals(...known) },
})

const createFieldRoute = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'post',
  path: '/fields',
  operationId: 'createContactField',
  summary: 'Make a field',
  description: 'Every field has a purpose: without one there is no reason to keep it.',
  tags: ['Fields'],
  request: { body: jsonBody(newFieldBody) },
  responses: { 201: jsonAnswer('The field.', fieldSchema), ...refusals(...known, ...badBody, 'conflict') },
})

const changeFieldRoute = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'patch',
  path: '/fields/{id}',
  operationId: 'changeContactField',
  summary: 'Change, retire or bring back a field',
  tags: ['Fields'],
  request: { params: field, body: jsonBody(fieldChangeBody) },
  responses: { 204: { description: 'Changed.' }, ...refusals(...unknown, ...badBody, 'conflict') },
})

const retireFieldRoute = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'delete',
  path: '/fields/{id}',
  operationId: 'retireContactField',
  summary: 'Retire a field',
  description:
    'Nothing new is noted in it. What was noted stays with the people it is about until it is taken out.',
  tags: ['Fields'],
  request: { params: field },
  responses: { 204: { description: 'Retired.' }, ...refusals(...unknown) },
})

const noteValueRoute = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'put',
  path: '/contacts/{id}/fields/{fieldId}',
  operationId: 'noteContactValue',
  summary: 'Note something about a contact',
  description: 'Sealed under the key of the contact, and gone with it.',
  tags: ['Fields'],
  request: { params: ofContact, body: jsonBody(valueBody) },
  responses: { 204: { description: 'Noted.' }, ...refusals(...unknown, ...badBody, 'conflict') },
})

const dropValueRoute = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'delete',
  path: '/contacts/{id}/fields/{fieldId}',
  operationId: 'dropContactValue',
  summary: 'Take out what was noted about a contact',
  tags: ['Fields'],
  request: { params: ofContact },
  responses: { 204: { description: 'Gone.' }, ...refusals(...unknown) },
})

const listConsents = createRoute({
  ...aboutPeople('conversations:read'),
  method: 'get',
  path: '/contacts/{id}/consents',
  operationId: 'listConsents',
  summary: 'List what a contact agreed to and took back',
  description: 'The newest word first. Nothing in it is ever changed.',
  tags: ['Consents'],
  request: { params: contact, query: pageQuery(timeKey) },
  responses: { 200: jsonAnswer('A page of consents.', consentPage), ...refusals('bad_request', ...unknown) },
})

const recordConsentRoute = createRoute({
  ...aboutPeople('contacts:write'),
  method: 'post',
  path: '/contacts/{id}/consents',
  operationId: 'recordConsent',
  summary: 'Write down a consent, or that it was taken back',
  description:
    'With its proof: how it was said, in which words, where, when. What is taken back stops every message of that purpose that you would begin.',
  tags: ['Consents'],
  request: { params: contact, body: jsonBody(newConsentBody) },
  responses: {
    201: jsonAnswer('As it was written down.', consentSchema),
    ...refusals(...unknown, ...badBody),
  },
})

const readRule = createRoute({
  ...needsScope('conversations:read'),
  method: 'get',
  path: '/consent-rule',
  operationId: 'readConsentRule',
  summary: 'Read whether marketing waits for a consent',
  tags: ['Consents'],
  responses: { 200: jsonAnswer('The rule.', ruleSchema), ...refusals('unauthorized', 'forbidden') },
})

const saveRule = createRoute({
  ...needsScope('privacy'),
  method: 'put',
  path: '/consent-rule',
  operationId: 'saveConsentRule',
  summary: 'Decide whether marketing waits for a consent',
  description: 'A consent that was taken back stops marketing either way.',
  tags: ['Consents'],
  request: { body: jsonBody(ruleSchema) },
  responses: {
    200: jsonAnswer('The rule as it stands now.', ruleSchema),
    ...refusals('unauthorized', 'forbidden', ...badBody),
  },
})

export const contactNotes = openApiRoom<DoorEnv>()
  .openapi(listFields, async (c) => {
    const found = await fieldsQuery(database(c.env.DB), c.var.principal.accountId)
    return c.json({ data: found.map(fieldView), next: null }, 200)
  })
  .openapi(createFieldRoute, async (c) => {
    const made = await createField(worldOf(c), c.var.principal, c.req.valid('json'))
    if (!made.ok) throw fieldProblem(made.reason)
    return c.json(fieldView(made.value), 201)
  })
  .openapi(changeFieldRoute, async (c) => {
    const { id } = c.req.valid('param')
    const done = await changeField(worldOf(c), c.var.principal, id, c.req.valid('json'))
    if (!done.ok) throw fieldProblem(done.reason)
    return c.body(null, 204)
  })
  .openapi(retireFieldRoute, async (c) => {
    const { id } = c.req.valid('param')
    const done = await changeField(worldOf(c), c.var.principal, id, { retired: true })
    if (!done.ok) throw fieldProblem(done.reason)
    return c.body(null, 204)
  })
  .openapi(noteValueRoute, async (c) => {
    const { id: contactId, fieldId } = c.req.valid('param')
    const { value } = c.req.valid('json')
    const done = await noteValue(worldOf(c), c.var.principal, { contactId, fieldId, value })
    if (!done.ok) throw valueProblem(done.reason)
    return c.body(null, 204)
  })
  .openapi(dropValueRoute, async (c) => {
    const { id: contactId, fieldId } = c.req.valid('param')
    const done = await dropValue(worldOf(c), c.var.principal, { contactId, fieldId })
    if (!done.ok) throw new Problem('not_found')
    return c.body(null, 204)
  })
  .openapi(listConsents, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { accountId } = c.var.principal
    const { id } = c.req.valid('param')
    const db = database(c.env.DB)
    if (!(await contactQuery(db, accountId, id).get())) throw new Problem('not_found')
    const found = await consentsQuery(db, accountId, id, { limit, cursor })
    const { rows, next } = cutPage(found, limit, (row) => [row.at, row.id])
    return c.json({ data: await openConsents(c.env.KEEPER, accountId, rows, Date.now()), next }, 200)
  })
  .openapi(recordConsentRoute, async (c) => {
    const { at, ...said } = c.req.valid('json')
    const { id } = c.req.valid('param')
    const done = await recordConsent(worldOf(c), c.var.principal, id, { ...said, at: Date.parse(at) })
    if (done.ok) return c.json(done.value, 201)
    if (done.reason === 'unknown') throw new Problem('not_found')
    throw new Problem('bad_request', { errors: [{ path: 'at', message: 'This lies in the future' }] })
  })
  .openapi(readRule, async (c) => {
    const rule = await consentRuleQuery(database(c.env.DB), c.var.principal.accountId).get()
    return c.json({ marketing: rule?.marketing ?? 'open' }, 200)
  })
  .openapi(saveRule, async (c) => {
    const { marketing } = c.req.valid('json')
    await saveConsentRule(worldOf(c), c.var.principal, marketing)
    return c.json({ marketing }, 200)
  })

function fieldProblem(reason: FieldRefusal['reason']): Problem {
  switch (reason) {
    case 'unknown':
      return new Problem('not_found')
    case 'choices': {
      const message = 'A choice needs choices, each once; no other kind has any'
      return new Problem('bad_request', { errors: [{ path: 'choices', message }] })
    }
    case 'too_many':
      return new Problem('conflict', {
        detail: 'There are as many fields as there can be. Retire one first.',
      })
    case 'taken':
      return new Problem('conflict', { detail: 'There is a field of this name.' })
  }
}

function valueProblem(reason: ValueRefusal['reason']): Problem {
  switch (reason) {
    case 'unknown':
      return new Problem('not_found')
    case 'does_not_fit':
      return new Problem('bad_request', {
        errors: [{ path: 'value', message: 'This does not fit the field' }],
      })
    case 'retired':
      return new Problem('conflict', { detail: 'The field is retired: nothing new is noted in it.' })
  }
}
