// The Cloud API door: who calls, does the path exist, may the key do it; then the send walk or the proxy. Everything it
// answers has Meta's shape, whatever went wrong. Called by routes.ts.

import type { Principal } from '../audit/principal.ts'
import { guard } from '../custody/guard.ts'
import { newId } from '../ground/ids.ts'
import { errorName, log } from '../ground/log.ts'
import { badKey, badRequest, missingScope, unknownPath } from '../meta/send-error.ts'
import { parseOutgoing } from '../meta/send-message.ts'
import { readBody } from './body.ts'
import { parseKey } from './idempotency.ts'
import { type Answer, type Outside, refuse, type TextAnswer } from './outside.ts'
import { type Matched, matchPath } from './paths.ts'
import { pass } from './proxy.ts'
import { send } from './send.ts'

/** The principal is undefined when the key was missing, unknown or revoked. */
export type Caller = Omit<Outside, 'principal'> & { principal: Principal | undefined }

/** Never throws. */
export async function enter(caller: Caller, version: string, request: Request): Promise<Answer> {
  const { principal } = caller
  if (!principal) return refuse(badKey)
  const url = new URL(request.url)
  const path = url.pathname.startsWith(`/${version}/`) ? url.pathname.slice(version.length + 1) : url.pathname
  const matched = matchPath(request.method, path)
  if (!matched) return refuse(unknownPath(path))
  const first = matched.rows[0]?.scope as string
  if (!matched.rows.some((row) => principal.scopes.includes(row.scope))) return refuse(missingScope(first))
  const out: Outside = { ...caller, principal }
  try {
    if ((await guard(out.env, out.now())) === 'set back') return refuse(restoring)
    return first === 'messages:send'
      ? await sendFrom(out, version, matched, request)
      : await pass(out, { version, matched, url, raw: request })
  } catch (cause) {
    log('error', 'proxy.failed', { accountId: principal.accountId, error: errorName(cause) })
    return refuse(ourFault)
  }
}

async function sendFrom(
  out: Outside,
  version: string,
  matched: Matched,
  request: Request,
): Promise<TextAnswer> {
  const header = request.headers.get('idempotency-key')
  const idempotencyKey = header === null ? undefined : parseKey(header)
  if (header !== null && idempotencyKey === undefined) {
    return refuse(
      badRequest(
        'The Idempotency-Key is not 1 to 255 printable ASCII characters.',
        'Send a shorter key, for example a UUID.',
      ),
    )
  }
  const read = await readBody(request, 'refused')
  if (!read.ok) return refuse(read.refusal)
  const messageId = newId('msg')
  return send(out, {
    version,
    edge: matched.tail === 'marketing_messages' ? 'marketing_messages' : 'messages',
    phoneNumberId: matched.id,
    outgoing: parseOutgoing(read.body, messageId),
    messageId,
    idempotencyKey,
    fingerprint: `POST ${version}/${matched.id}/${matched.tail}\n${read.text}`,
  })
}

/** A database that was set back knows people who were erased: nothing is done from it before they are gone again. */
const restoring = {
  gate: 'restoring',
  status: 503,
  code: 131016,
  title: 'Service unavailable',
  details:
    'The gateway was restored from a backup and is erasing again what was erased since. Nothing was sent.',
  remedy: 'Try again in a minute.',
  transient: true,
}

/** Said only while nothing has been handed to Meta. */
const ourFault = {
  gate: 'gateway',
  status: 503,
  code: 131016,
  title: 'Service unavailable',
  details: 'The gateway cannot do this right now. Nothing was sent.',
  remedy: 'Try again in a little while.',
  transient: true,
}
