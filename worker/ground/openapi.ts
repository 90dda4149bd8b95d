// What every room's routes.ts shares, so that one set of zod schemas parses requests, types answers and becomes
// /openapi.json: validation failures as problems, scopes, pages with cursors, instants. Imports nothing of ours but ground.

import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Env as HonoEnv, MiddlewareHandler } from 'hono'
import { limits } from './limits.ts'
import { Problem, type ProblemCode, problems } from './problems.ts'

export { createRoute, z }

/** A router whose validation failures are `bad_request` problems that name every field. */
export const openApiRoom = <E extends HonoEnv>() =>
  new OpenAPIHono<E>({
    defaultHook: (result) => {
      if (result.success) return
      const errors = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      throw new Problem('bad_request', { errors })
    },
  })

type Scoped = {
  Variables: { principal: { scopes: readonly string[]; session?: { provenAt: number } | undefined } }
}

/**
 * Spread into createRoute: the scope is asked for before anything is parsed, and written into the document. A key is told
 * what it lacks; to a member, what their role has nothing to do with does not exist. `ofMembers`: what a member needs, where
 * that is more than a key needs, because keys see phone numbers and not every member does.
 */
export function needsScope(scope: string, ofMembers = scope) {
  const middleware: MiddlewareHandler<Scoped> = async (c, next) => {
    const { scopes, session } = c.var.principal
    if (scopes.includes(session ? ofMembers : scope)) return next()
    throw session
      ? new Problem('not_found')
      : new Problem('forbidden', { detail: `This needs the scope ${scope}.` })
  }
  const security: Record<string, string[]>[] = [{ apiKey: [scope] }, { session: [ofMembers] }]
  return { security, middleware }
}

/** The same, and of a member a code or passkey that was given just now: for what is dangerous or cannot be undone. */
export function needsFresh(scope: string) {
  const { security, middleware } = needsScope(scope)
  const fresh: MiddlewareHandler<Scoped> = async (c, next) => {
    const { session } = c.var.principal
    if (session && session.provenAt < Date.now() - limits.freshMs) throw new Problem('step_up_needed')
    await next()
  }
  return { security, middleware: [middleware, fresh] }
}

type Signed = { Variables: { signedIn: { session: { provenAt: number } } } }

/** For somebody who is signed in, of whatever workspace or of none. */
export function needsSession() {
  const middleware: MiddlewareHandler<Signed> = async (c, next) => {
    const signedIn = c.var.signedIn as Signed['Variables']['signedIn'] | undefined
    if (!signedIn) throw new Problem('forbidden', { detail: 'This is for members who are signed in.' })
    await next()
  }
  const security: Record<string, string[]>[] = [{ session: [] }]
  return { security, middleware }
}

/** The same, with a code or passkey that was given just now. */
export function needsFreshSession() {
  const { security, middleware } = needsSession()
  const fresh: MiddlewareHandler<Signed> = async (c, next) => {
    if (c.var.signedIn.session.provenAt < Date.now() - limits.freshMs) throw new Problem('step_up_needed')
    await next()
  }
  return { security, middleware: [middleware, fresh] }
}

/** Of a workspace that is being deleted nothing about people is shown. */
export const unlessFrozen: MiddlewareHandler<{ Variables: { principal: { frozen: boolean } } }> = async (
  c,
  next,
) => {
  if (c.var.principal.frozen) throw new Problem('frozen')
  await next()
}

const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]]

export const problemSchema = z
  .object({
    type: z.string().describe('A page that explains this error.'),
    title: z.string(),
    status: z.int(),
    code: z.enum(problemCodes).describe('Stable; decide by this.'),
    remedy: z.string().describe('What to do about it.'),
    gate: z.string().optional().describe('Of a message that was not sent: what refused it.'),
    detail: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    instance: z.string().optional().describe('Names this one failure in our logs.'),
  })
  .openapi('Problem')

/** The scope, and of a workspace that is being deleted nothing: for what is about people. */
export function aboutPeople(scope: string) {
  const { security, middleware } = needsScope(scope)
  return { security, middleware: [middleware, unlessFrozen] as [typeof middleware, typeof unlessFrozen] }
}

const problemAnswer = (codes: ProblemCode[]) => {
  const first = codes[0] as ProblemCode
  const { status, title, remedy } = problems[first]
  const example = { type: `/errors/${first}`, title, status, code: first, remedy }
  const description = codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' ')
  return { description, content: { 'application/problem+json': { schema: problemSchema, example } } }
}

/** The error answers of an operation, by status. Spread into `responses`. */
export function refusals<C extends ProblemCode>(...codes: C[]) {
  const statuses = [...new Set(codes.map((code) => problems[code].status))]
  const answers = statuses.map((status) => [
    status,
    problemAnswer(codes.filter((code) => problems[code].status === status)),
  ])
  return Object.fromEntries(answers) as {
    [K in C as (typeof problems)[K]['status']]: ReturnType<typeof problemAnswer>
  }
}

export const jsonAnswer = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { 'application/json': { schema } },
})

export const jsonBody = <S extends z.ZodType>(schema: S) => ({
  required: true,
  content: { 'application/json': { schema } },
})

/** Any text: what is no id of the caller's is `not_found`, whatever it looks like. */
export const idParam = (example: string) =>
  z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' }, example }) })

export const instant = z.iso.datetime().openapi({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })

/** ISO 8601 in UTC, as every instant in our API. */
export const isoTime = (at: number): string => new Date(at).toISOString()
export const isoTimeOrNull = (at: number | null): string | null => (at === null ? null : isoTime(at))

/** Rows are ordered by an instant and then by id; a cursor is the key of the last row seen. */
export const timeKey = z.tuple([z.int(), z.string().max(64)])
export type TimeKey = z.infer<typeof timeKey>
/** Rows are ordered by id alone. */
export const idKey = z.tuple([z.string().max(64)])
export type IdKey = z.infer<typeof idKey>
/** Rows are ordered by a text that sorts, and then by id. */
export const textKey = z.tuple([z.string().max(64), z.string().max(64)])
export type TextKey = z.infer<typeof textKey>

function parseCursor<T>(key: z.ZodType<T>, text: string): T | undefined {
  try {
    return key.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data
  } catch {
    return undefined
  }
}

export const pageQuery = <T>(key: z.ZodType<T>) =>
  // Strict: a filter that does not exist must not look as if it had been applied.
  z.strictObject({
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(limits.pageRowsMax)
      .default(limits.pageRows)
      .openapi({ description: 'Rows in one page.', example: limits.pageRows }),
    cursor: z
      .string()
      .max(400)
      .transform((text, context): T => {
        const parsed = parseCursor(key, text)
        if (parsed !== undefined) return parsed
        context.addIssue({ code: 'custom', message: 'Not a cursor of this list' })
        return z.NEVER
      })
      .optional()
      .openapi({ type: 'string', description: '`next` of the page before. Opaque.' }),
  })

/** What a list query needs: it reads one row more than `limit`, so that the page knows whether another follows. */
export type Page<K> = { limit: number; cursor?: K | undefined }

export const pageSchema = <S extends z.ZodType>(name: string, item: S) =>
  z
    .object({
      data: z.array(item),
      next: z.string().nullable().describe('Cursor of the next page; null at the end.'),
    })
    .openapi(name)

/** Cuts the extra row off and makes the cursor from the last row kept. */
export function cutPage<R>(
  rows: R[],
  limit: number,
  keyOf: (row: R) => TimeKey | IdKey | TextKey,
): { rows: R[]; next: string | null } {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  const more = rows.length > limit && last !== undefined
  return { rows: kept, next: more ? Buffer.from(JSON.stringify(keyOf(last))).toString('base64url') : null }
}
