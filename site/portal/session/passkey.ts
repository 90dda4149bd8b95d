// The browser's side of passkeys: what the API sends and expects is JSON in base64url, what the browser takes is bytes. Called
// by the sign-in page, by the step-up dialog and where passkeys are made.

import { type Result, tell } from '../client.ts'

/** Browsers bind passkeys to names of hosts: an address of numbers can have none. */
export const hasPasskeys = (): boolean =>
  'PublicKeyCredential' in window && !/^([\d.]+|\[.*\])$/.test(location.hostname)

type Json = Record<string, unknown>
/** The ticket goes back with what the browser answered. */
type Ceremony = { options: Json; ticket: string }

const bytesOf = (text: unknown): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(String(text).replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0))

const textOf = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

type Listed = { id: string; type: 'public-key'; transports?: AuthenticatorTransport[] }
const listed = (all: unknown): PublicKeyCredentialDescriptor[] =>
  ((all as Listed[] | undefined) ?? []).map(({ id, ...rest }) => ({ ...rest, id: bytesOf(id) }))

const buffers = [
  'clientDataJSON',
  'authenticatorData',
  'signature',
  'userHandle',
  'attestationObject',
] as const

/** As `toJSON()` of newer browsers gives it. */
function answered(credential: PublicKeyCredential): Json {
  const { id, rawId, type, response, authenticatorAttachment } = credential
  const parts: Json = {}
  for (const name of buffers) {
    const part = (response as unknown as Json)[name]
    if (part instanceof ArrayBuffer) parts[name] = textOf(part)
  }
  if (response instanceof AuthenticatorAttestationResponse) parts.transports = response.getTransports()
  return {
    id,
    rawId: textOf(rawId),
    type,
    response: parts,
    ...(authenticatorAttachment ? { authenticatorAttachment } : {}),
    clientExtensionResults: credential.getClientExtensionResults(),
  }
}

/** Whoever closes the browser's window has refused; so has a device without a passkey. */
async function credentialFrom(asking: Promise<Credential | null>): Promise<PublicKeyCredential | undefined> {
  try {
    return ((await asking) ?? undefined) as PublicKeyCredential | undefined
  } catch {
    return undefined
  }
}

type Ask = (options: Json, challenge: Uint8Array<ArrayBuffer>) => Promise<Credential | null>

/** Options of `from`, the browser's answer, and what `to` says to it. */
async function hold(from: string, to: string, more: Json, ask: Ask): Promise<Result<unknown>> {
  const begun = await tell<Ceremony>(from, 'POST')
  if (!begun.ok) return begun
  const { options, ticket } = begun.data
  const credential = await credentialFrom(ask(options, bytesOf(options.challenge)))
  if (!credential) return { ok: false, problem: { code: 'code_refused', title: '', status: 403 } }
  return tell(to, 'POST', { ...more, ticket, response: answered(credential) })
}

type Conditional = { mediation: 'conditional'; signal: AbortSignal }

const get =
  (conditional?: Conditional): Ask =>
  (options, challenge) => {
    const publicKey = { ...options, challenge, allowCredentials: listed(options.allowCredentials) }
    return navigator.credentials.get({ publicKey, ...conditional })
  }

/** With `conditional` the browser offers it in the field for the address, and waits. */
export const enterByPasskey = (conditional?: Conditional) =>
  hold('/public/sign-in/passkey/options', '/public/sign-in/passkey', {}, get(conditional))

/** Says once more who it is. */
export const proveByPasskey = () =>
  hold('/session/proof/passkey/options', '/session/proof/passkey', {}, get())

/** Makes a passkey on this device, or on one that the browser offers. */
export const makePasskey = (name: string) =>
  hold('/passkeys/options', '/passkeys', { name }, (options, challenge) => {
    const user = options.user as Json
    const publicKey = {
      ...options,
      challenge,
      user: { ...user, id: bytesOf(user.id) },
      excludeCredentials: listed(options.excludeCredentials),
    } as unknown as PublicKeyCredentialCreationOptions
    return navigator.credentials.create({ publicKey })
  })
