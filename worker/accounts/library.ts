// The library that signs people in (better-auth): codes, passkeys, sessions. Loaded by library-door.ts when somebody signs in
// or proves that it is them, and by nothing else: webhooks and API keys never pay for it. It never sees an address, a
// browser's own text or a network address, only what alias.ts and device.ts make of them; and it sets no cookie of its own: the
// challenge of a passkey, which it would keep in one, goes through the page as a ticket.

import { passkey } from '@better-auth/passkey'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { APIError } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import { emailOTP } from 'better-auth/plugins/email-otp'
import { eq } from 'drizzle-orm'
import { database, schema } from '../../db/client.ts'
import { operator } from '../../db/operator.ts'
import { base64url } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'
import { type IdPrefix, newId } from '../ground/ids.ts'
import { limits } from '../ground/limits.ts'
import type { Settings } from '../ground/settings.ts'
import type { Seen } from './device.ts'
import { cookieAttributes, cookieName, cookieValue } from './session-cookie.ts'

const { passkeys: passkeyTable, sessions, users, verifications } = schema
const prefixes: Record<string, IdPrefix> = {
  user: 'usr',
  session: 'ses',
  passkey: 'psk',
  verification: 'ver',
}
const seenHeader = 'x-seen'
const ticketName = 'ticket'

export type Begun = { sessionId: string; token: string; userId: string }
/** `options` for the browser's own API; `ticket` comes back with its answer. */
export type Ceremony = { options: Record<string, unknown>; ticket: string }
/** What the browser's own API answered. */
export type Answered = { ticket: string; response: Record<string, unknown> }

function create(env: Env, settings: Settings) {
  const [secret] = settings.sessionSecrets
  return betterAuth({
    appName: operator.service,
    baseURL: settings.publicOrigin,
    trustedOrigins: [...settings.pageOrigins],
    secret,
    logger: { disabled: true },
    telemetry: { enabled: false },
    database: drizzleAdapter(database(env.DB), {
      provider: 'sqlite',
      schema: { user: users, session: sessions, passkey: passkeyTable, verification: verifications },
    }),
    session: {
      expiresIn: limits.sessionMs / 1000,
      // Renewed in sessions.ts, and how fresh it must be is asked at the door.
      disableSessionRefresh: true,
      freshAge: 0,
      additionalFields: {
        place: { type: 'string', required: false, input: false },
        provenAt: { type: 'number', required: false, input: false },
      },
    },
    advanced: {
      useSecureCookies: false,
      // Without passwords and other providers nothing is kept in its table of accounts, so there is none; it would insist.
      database: { generateId: ({ model }) => newId(prefixes[model] ?? 'ver'), validateSchema: false },
      cookies: {
        session_token: { name: cookieName(settings), attributes: cookieAttributes(settings) },
        [ticketName]: { name: ticketName },
      },
    },
    databaseHooks: {
      session: {
        create: { before: async (session, context) => ({ data: { ...session, ...kept(context) } }) },
      },
    },
    plugins: [
      emailOTP({
        otpLength: 6,
        expiresIn: limits.mailCodeMs / 1000,
        allowedAttempts: limits.mailCodeTries,
        // Six digits are guessed from a bare hash at once: it takes the secret, too.
        storeOTP: { hash: async (code) => base64url(hmac(secret, `code:${code}`)) },
        // Never asked: the door sends the mail, since it alone knows the address.
        sendVerificationOTP: async () => undefined,
      }),
      passkey({
        rpID: new URL(settings.pageOrigins.at(-1) as string).hostname,
        rpName: operator.service,
        origin: [...settings.pageOrigins],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        advanced: { webAuthnChallengeCookie: ticketName },
        registration: {
          afterVerification: ({ verification }) => verified(verification.registrationInfo?.userVerified),
        },
        authentication: {
          afterVerification: ({ verification }) => verified(verification.authenticationInfo.userVerified),
        },
      }),
    ],
  })
}

/** A device that did not ask who holds it proves nothing but that it is there. */
async function verified(userVerified: boolean | undefined): Promise<undefined> {
  if (!userVerified) throw new APIError('UNAUTHORIZED')
}

/** What a session keeps of the browser: what the door made of it. */
function kept(context: { headers?: Headers | undefined } | null) {
  const text = context?.headers?.get(seenHeader)
  const seen = text ? (JSON.parse(decodeURIComponent(text)) as Seen) : undefined
  return {
    ipAddress: seen?.network ?? '',
    userAgent: seen?.device ?? '',
    place: seen?.place ?? null,
    provenAt: Date.now(),
  }
}

type Library = ReturnType<typeof create>
const made = new WeakMap<Env, Library>()

function libraryOf(env: Env, settings: Settings): Library {
  const held = made.get(env) ?? create(env, settings)
  made.set(env, held)
  return held
}

/** It says 500 of a device that answers for another site. */
const notVerified = 'FAILED_TO_VERIFY_REGISTRATION'

/** What the library refuses is nothing; everything else goes wrong. */
async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof APIError && (cause.statusCode < 500 || cause.body?.code === notVerified))
      return undefined
    throw cause
  }
}

export function openLibrary(env: Env, settings: Settings) {
  const { api } = libraryOf(env, settings)
  const headersOf = ({ seen, ticket, token }: { seen?: Seen; ticket?: string; token?: string }) => {
    const cookies = [
      ...(token === undefined ? [] : [`${cookieName(settings)}=${cookieValue(settings, token)}`]),
      ...(ticket === undefined ? [] : [`${ticketPlace}=${ticket}`]),
    ]
    return new Headers({
      ...(seen ? { [seenHeader]: encodeURIComponent(JSON.stringify(seen)) } : {}),
      ...(cookies.length > 0 ? { cookie: cookies.join('; ') } : {}),
    })
  }
  return {
    /** Six digits that prove this alias for ten minutes; those before prove nothing any more. */
    createCode: (alias: string): Promise<string> =>
      api.createVerificationOTP({ body: { email: alias, type: 'sign-in' } }),

    /** Undefined for a code that is wrong, past its life, used, or tried too often. Who comes first becomes a user. */
    async beginByCode(alias: string, code: string, seen: Seen): Promise<Begun | undefined> {
      const asked = { body: { email: alias, otp: code }, headers: headersOf({ seen }) }
      const answer = await unlessRefused(api.signInEmailOTP(asked))
      return answer && begun(env, answer.token)
    },

    /** The code alone, of somebody who is signed in already. */
    async checkCode(alias: string, code: string): Promise<boolean> {
      const begunNow = await this.beginByCode(alias, code, { device: '', network: '', place: null })
      if (begunNow) await dropSession(env, begunNow.sessionId)
      return begunNow !== undefined
    },

    /** With `token` only the passkeys of that person are asked for. */
    async askPasskey(token?: string): Promise<Ceremony> {
      const headers = headersOf(token === undefined ? {} : { token })
      const { response, headers: set } = await api.generatePasskeyAuthenticationOptions({
        headers,
        returnHeaders: true,
      })
      return { options: { ...response, userVerification: 'required' }, ticket: ticketIn(set) }
    },

    async beginByPasskey({ ticket, response }: Answered, seen: Seen): Promise<Begun | undefined> {
      const headers = headersOf({ seen, ticket })
      const answer = await unlessRefused(
        api.verifyPasskeyAuthentication({ body: { response } as never, headers }),
      )
      return answer && begun(env, answer.session.token)
    },

    async askNewPasskey(token: string): Promise<Ceremony> {
      const { response, headers } = await api.generatePasskeyRegistrationOptions({
        headers: headersOf({ token }),
        returnHeaders: true,
      })
      return { options: response as unknown as Record<string, unknown>, ticket: ticketIn(headers) }
    },

    /** The id of the new passkey; undefined when it did not prove itself. */
    async addPasskey(
      token: string,
      { ticket, response }: Answered,
      name: string,
    ): Promise<string | undefined> {
      const headers = headersOf({ token, ticket })
      const added = await unlessRefused(api.verifyPasskeyRegistration({ body: { response, name }, headers }))
      return (added as { id: string } | undefined)?.id
    },
  }
}

/** The name that the library gives the cookie it would set. */
const ticketPlace = ticketName

const ticketIn = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((line) => new RegExp(`^${ticketPlace}=([^;]*)`).exec(line)?.[1])
    .find((value) => value !== undefined) ?? ''

async function begun(env: Env, token: string): Promise<Begun> {
  const row = await database(env.DB)
    .select({ sessionId: sessions.id, userId: sessions.userId })
    .from(sessions)
    .where(eq(sessions.token, token))
    .get()
  if (!row) throw new Error('the library began no session')
  return { ...row, token }
}

const dropSession = (env: Env, id: string) => database(env.DB).delete(sessions).where(eq(sessions.id, id))
