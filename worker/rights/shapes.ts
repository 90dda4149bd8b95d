// What the API says of requests. The schemas parse requests, type answers and fill /openapi.json. Called by the doors.

import { limits } from '../ground/limits.ts'
import { instant, pageQuery, pageSchema, timeKey, z } from '../ground/openapi.ts'
import { allReasons, businessReasons } from './refusals.ts'

const types = ['access', 'export', 'delete', 'correct', 'object', 'restrict'] as const
const type = z
  .enum(types)
  .describe(
    '`access` and `export`: what is held, to take along. `object`: no messages that were not asked for. `restrict`: kept, and nothing else.',
  )
const state = z
  .enum(['waiting', 'granted', 'done', 'refused', 'withdrawn'])
  .describe('`waiting`: for the business. `granted`: on its way.')
const code = z
  .string()
  .describe('26 letters and digits. Whoever has it may follow the request.')
  .openapi({ example: '7d2f4h6j8k0m1n3p5q7r9s1t3v' })
/** BCP 47; one that we have no words in is answered in English. */
const language = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
  .default('en')
  .openapi({ example: 'es' })
const text = z.string().trim().min(1).max(limits.requestMessageChars)

export const codeParam = z.object({
  code: z
    .string()
    .max(64)
    .openapi({ param: { name: 'code', in: 'path' }, example: '7d2f4h6j8k0m1n3p5q7r9s1t3v' }),
})
export const challengeParam = z.object({
  id: z
    .string()
    .max(64)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'cha_7d2f4h6j8k0m1n3p5q7r9s1t3v' }),
})

export const mailCodeBody = z
  .strictObject({
    type: z.enum([...types, 'subscribe']),
    email: z.email().max(254).openapi({ example: 'ana@example.com' }),
    language,
  })
  .openapi('MailCodeRequest')
export const mailCodeSchema = z
  .object({ id: z.string(), expiresAt: instant })
  .openapi('MailCode', { description: 'The same whatever is held.' })

export const mailProofBody = z
  .strictObject({ code: z.string().min(1).max(32).openapi({ example: '402917' }) })
  .openapi('MailCodeProof')
export const provenSchema = z
  .object({
    purpose: z.enum([...types, 'subscribe']),
    requests: z.array(
      z.object({
        code,
        type,
        about: z.enum(['member', 'visitor']),
        workspace: z.string().nullable(),
        statusUrl: z.string(),
      }),
    ),
    subscribed: z.literal(true).optional(),
  })
  .openapi('ProvenAddress')

/** Digits with what people put between them, country code first. */
export const chatCodeBody = z
  .strictObject({
    type,
    number: z
      .string()
      .max(40)
      .transform((given) => given.normalize('NFKC').replace(/\D/g, '').replace(/^00/, ''))
      .refine((digits) => /^[1-9]\d{6,14}$/.test(digits), 'Not a phone number with its country code')
      .openapi({ type: 'string', example: '+34 655 50 10 01' }),
    language,
  })
  .openapi('ChatCodeRequest')
export const chatCodeSchema = z
  .object({
    code: z.string().openapi({ example: '7K3F-9QXM' }),
    text: z.string().describe('The message to send to the business.'),
    waUrl: z.string().describe('Opens WhatsApp with the message written.'),
    phoneUrl: z
      .string()
      .nullable()
      .describe('Only where Meta is simulated: the same in the simulated phone.'),
    expiresAt: instant,
  })
  .openapi('ChatCode')

export const letterBody = z
  .strictObject({
    email: z.email().max(254),
    name: z.string().trim().max(200).optional(),
    topic: z.enum(['question', 'privacy', 'security', 'business', 'other']),
    text: z.string().trim().min(1).max(limits.letterChars),
    website: z.string().max(500).default('').describe('Left empty by people.'),
  })
  .openapi('Letter')

export const messageBody = z.strictObject({ text }).openapi('RequestMessageText')
export const messageSchema = z
  .object({ by: z.enum(['person', 'business', 'us']), text: z.string(), at: instant })
  .openapi('RequestMessage')

const standing = {
  state,
  receivedAt: instant,
  dueAt: instant.describe('By the strictest law that may apply, or our own promise where that is stricter.'),
  letThroughAt: instant.nullable().describe('Undecided then, it is granted by itself.'),
  decidedAt: instant.nullable(),
  closedAt: instant.nullable(),
}

export const publicRequestSchema = z
  .object({
    code,
    type,
    about: z.enum(['contact', 'member', 'visitor']),
    ...standing,
    controller: z.object({ kind: z.enum(['business', 'us']), name: z.string() }).describe('Who answers.'),
    regimes: z.array(z.string()).describe('The laws that the due date was computed from.'),
    refusal: z
      .object({
        code: z.string(),
        says: z.string(),
        complainTo: z.array(z.object({ name: z.string(), url: z.string() })),
      })
      .nullable(),
    contacts: z.object({ questions: z.string(), complaints: z.string() }),
    deletion: z.object({ code }).nullable(),
    package: z
      .object({
        state: z.enum(['building', 'ready', 'failed', 'expired']),
        expiresAt: instant,
        bytes: z.int().nullable(),
        encrypted: z.boolean(),
      })
      .nullable(),
    messages: z.array(messageSchema),
    can: z.array(z.enum(['withdraw', 'write', 'prepare', 'download'])),
  })
  .openapi('PublicRequest')

const businessFields = {
  id: z.string().openapi({ example: 'rgt_7d2f4h6j8k0m1n3p5q7r9s1t3v' }),
  type,
  contactId: z.string(),
  door: z.enum(['chat', 'mail', 'api']),
  language: z.string(),
  ...standing,
  decidedBy: z.string().nullable(),
  refusal: z.string().nullable(),
  deletionId: z.string().nullable(),
}
export const requestPage = pageSchema('RequestPage', z.object(businessFields).openapi('Request'))
export const requestsQuerySchema = pageQuery(timeKey).extend({ state: state.optional() })
export const requestSchema = z
  .object({ ...businessFields, messages: z.array(messageSchema) })
  .openapi('RequestWithMessages')

const ourFields = {
  id: businessFields.id,
  type,
  about: z.enum(['member', 'visitor']),
  subjectId: z.string(),
  accountId: z.string(),
  language: z.string(),
  ...standing,
  refusal: z.string().nullable(),
  deletionId: z.string().nullable(),
}
export const ourRequestPage = pageSchema('OwnRequestPage', z.object(ourFields).openapi('OwnRequest'))
export const ourRequestSchema = z
  .object({ ...ourFields, messages: z.array(messageSchema) })
  .openapi('OwnRequestWithMessages')
export const operatorRefuseBody = z.strictObject({ reason: z.enum(allReasons) }).openapi('OwnRequestRefusal')

export const refuseBody = z
  .strictObject({
    reason: z.enum(businessReasons).describe('The person reads it in words, with where to complain.'),
  })
  .openapi('RequestRefusal')

export const ruleBody = z
  .strictObject({
    letThrough: z
      .enum(['at_once', 'decide'])
      .describe('`decide`: requests wait for an answer until silence lets them through.'),
  })
  .openapi('RequestRules')
