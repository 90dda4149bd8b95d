// Doors of templates: list, read, submit, edit, delete, read Meta's list anew. Mounted by app.ts.

import { database } from '../../db/client.ts'
import { actorOf, type DoorEnv } from '../audit/principal.ts'
import {
  createRoute,
  cutPage,
  idParam,
  jsonAnswer,
  jsonBody,
  needsScope,
  openApiRoom,
  refusals,
  z,
} from '../ground/openapi.ts'
import { Problem } from '../ground/problems.ts'
import { templateQuery, templatesQuery } from '../templates/list.ts'
import {
  newTemplateBody,
  syncSchema,
  templateEditBody,
  templatePage,
  templateSchema,
  templatesQuerySchema,
  templateView,
} from '../templates/shapes.ts'
import { askingOf } from './graph.ts'
import { givenFile, sampleBody } from './sample-body.ts'
import {
  createTemplate,
  deleteTemplate,
  editTemplate,
  type NotDone,
  syncTemplates,
  uploadHead,
} from './templates.ts'

const tags = ['Templates']
const params = idParam('tpl_6e8g0i2k4m6p8r0t2w4y6a8c0e')

const listTemplates = createRoute({
  ...needsScope('templates:read'),
  method: 'get',
  path: '/templates',
  operationId: 'listTemplates',
  summary: 'List message templates',
  description: 'By name and language, as Meta last told.',
  tags,
  request: { query: templatesQuerySchema },
  responses: {
    200: jsonAnswer('A page of templates.', templatePage),
    ...refusals('bad_request', 'unauthorized', 'forbidden'),
  },
})

const getTemplate = createRoute({
  ...needsScope('templates:read'),
  method: 'get',
  path: '/templates/{id}',
  operationId: 'getTemplate',
  summary: 'Read one template',
  tags,
  request: { params },
  responses: {
    200: jsonAnswer('The template.', templateSchema),
    ...refusals('unauthorized', 'forbidden', 'not_found'),
  },
})

const changing = [
  'bad_request',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'unsupported_media',
  'meta_refused',
  'meta_unreachable',
] as const

const create = createRoute({
  ...needsScope('templates'),
  method: 'post',
  path: '/templates',
  operationId: 'createTemplate',
  summary: 'Submit a new template',
  description:
    'What Meta would refuse for its form is refused here, with every fault. Meta reviews the rest.',
  tags,
  request: { body: jsonBody(newTemplateBody) },
  responses: { 201: jsonAnswer('Submitted.', templateSchema), ...refusals(...changing) },
})

const edit = createRoute({
  ...needsScope('templates'),
  method: 'patch',
  path: '/templates/{id}',
  operationId: 'editTemplate',
  summary: 'Edit a template',
  description:
    'The whole of its components. Meta reviews it again; an approved one can be edited once a day.',
  tags,
  request: { params, body: jsonBody(templateEditBody) },
  responses: { 200: jsonAnswer('Submitted.', templateSchema), ...refusals(...changing) },
})

const remove = createRoute({
  ...needsScope('templates'),
  method: 'delete',
  path: '/templates/{id}',
  operationId: 'deleteTemplate',
  summary: 'Delete a template',
  description: 'At Meta too, in this language. The name of an approved one cannot be used again for 30 days.',
  tags,
  request: { params },
  responses: {
    204: { description: 'It is deleted.' },
    ...refusals('unauthorized', 'forbidden', 'not_found', 'conflict', 'meta_refused', 'meta_unreachable'),
  },
})

const sample = createRoute({
  ...needsScope('templates'),
  method: 'post',
  path: '/templates/samples',
  operationId: 'uploadTemplateSample',
  summary: 'Upload a sample for the head of a template',
  description:
    'The bytes of a JPEG, PNG, MP4 or PDF are the body, its type the Content-Type. Meta’s reviewers see it; nothing is kept here. The handle goes into `example.header_handle` of the header.',
  tags,
  request: {
    query: z.strictObject({
      wabaId: z.string().max(64).optional().describe('The WhatsApp account, where there are several.'),
    }),
    ...sampleBody,
  },
  responses: {
    201: jsonAnswer(
      'Meta has it.',
      z
        .object({
          handle: z.string().openapi({ example: '4::aW1hZ2UvanBlZw==:ARaZ' }),
          format: z.enum(['IMAGE', 'VIDEO', 'DOCUMENT']),
        })
        .openapi('TemplateSample'),
    ),
    ...refusals(
      ...(['bad_request', 'unauthorized', 'forbidden', 'not_found', 'conflict', 'too_large'] as const),
      ...(['file_refused', 'meta_refused', 'meta_unreachable'] as const),
    ),
  },
})

const sync = createRoute({
  ...needsScope('templates'),
  method: 'post',
  path: '/templates/sync',
  operationId: 'syncTemplates',
  summary: 'Read all templates from Meta',
  description: 'Happens by itself once a day, and what Meta decides is told at once.',
  tags,
  responses: {
    200: jsonAnswer('What Meta lists.', syncSchema),
    ...refusals('unauthorized', 'forbidden', 'meta_refused', 'meta_unreachable'),
  },
})

export const templates = openApiRoom<DoorEnv>()
  .openapi(listTemplates, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const { accountId } = c.var.principal
    const found = await templatesQuery(database(c.env.DB), accountId, filter, { limit, cursor })
    const { rows, next } = cutPage(found, limit, ({ id }) => [id])
    return c.json({ data: rows.map(templateView), next }, 200)
  })
  .openapi(sync, async (c) => {
    const { principal } = c.var
    const synced = await syncTemplates(askingOf(c), principal.accountId, actorOf(principal))
    if (!synced.ok) throw problemOf(synced)
    return c.json(synced.value, 200)
  })
  .openapi(sample, async (c) => {
    const given = await givenFile(c.req.raw)
    const { wabaId } = c.req.valid('query')
    const uploaded = await uploadHead(askingOf(c), c.var.principal, wabaId, given)
    if (!uploaded.ok) throw problemOf(uploaded)
    return c.json(uploaded.value, 201)
  })
  .openapi(getTemplate, async (c) => {
    const { accountId } = c.var.principal
    const row = await templateQuery(database(c.env.DB), accountId, c.req.valid('param').id).get()
    if (!row) throw new Problem('not_found')
    return c.json(templateView(row), 200)
  })
  .openapi(create, async (c) => {
    const created = await createTemplate(askingOf(c), c.var.principal, c.req.valid('json'))
    if (!created.ok) throw problemOf(created)
    return c.json(templateView(created.value), 201)
  })
  .openapi(edit, async (c) => {
    const { id } = c.req.valid('param')
    const edited = await editTemplate(askingOf(c), c.var.principal, id, c.req.valid('json'))
    if (!edited.ok) throw problemOf(edited)
    return c.json(templateView(edited.value), 200)
  })
  .openapi(remove, async (c) => {
    const removed = await deleteTemplate(askingOf(c), c.var.principal, c.req.valid('param').id)
    if (!removed.ok) throw problemOf(removed)
    return c.body(null, 204)
  })

function problemOf(refusal: NotDone): Problem {
  switch (refusal.reason) {
    case 'not_found':
      return new Problem('not_found')
    case 'bad_request':
      return new Problem('bad_request', { errors: refusal.faults })
    default:
      return new Problem(refusal.reason, { detail: refusal.detail })
  }
}
