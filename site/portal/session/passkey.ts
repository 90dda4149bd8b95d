// The browser's side of passkeys: what the server's library sends and expects is JSON in base64url, what the browser takes
// is bytes. Called by the sign-in page, by the step-up dialog and where passkeys are made.

import { ask, type Result, tell } from '../client.ts'

export const hasPasskeys = (): boolean => 'PublicKeyCredential' in window

type Json = Record<string, unknown>

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0))

const textOf = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

type Listed = { id: string; type: 'public-key'; transports?: AuthenticatorTransport[] }
const listed = (all: unknown): PublicKeyCredentialDescriptor[] =>
  ((all as Listed[] | undefined) ?? []).map(({ id, ...rest }) => ({ ...rest, id: bytesOf(id) }))

/** What the authenticator answered, as JSON; every buffer in it as text. */
function answered(credential: PublicKeyCredential): Json {
  const { id, rawId, type, response, authenticatorAttachment } = credential
  const parts: Json = {}
  for (const name of [
    'clientDataJSON',
    'authenticatorData',
    'signature',
    'userHandle',
    'attestationObject',
  ]) {
    const part = (response as unknown as Record<string, unknown>)[name]
    if (part instanceof ArrayBuffer) parts[name] = textOf(part)
  }
  if (response instanceof AuthenticatorAttestationResponse) parts.transports = response.getTransports()
  return {
    id,
    rawId: textOf(rawId),
    type,
    response: parts,
    authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  }
}

const refused = <T>(): Result<T> => ({
  ok: false,
  problem: { code: 'code_refused', title: '', status: 403 },
})

/** Whoever closes the browser's window has refused; so has a device without a passkey. */
async function credentialFrom(asking: Promise<Credential | null>): Promise<PublicKeyCredential | undefined> {
  try {
    return ((await asking) ?? undefined) as PublicKeyCredential | undefined
  } catch {
    return undefined
  }
}

type Conditional = { mediation: 'conditional'; signal: AbortSignal }

/** Signs in, or proves once more who it is. With `conditional` the browser offers it in the field for the address. */
export async function provePasskey(conditional?: Conditional): Promise<Result<unknown>> {
  const options = await ask<Json>('/auth/passkey/generate-authenticate-options')
  if (!options.ok) return options
  const publicKey = {
    ...options.data,
    challenge: bytesOf(String(options.data.challenge)),
    allowCredentials: listed(options.data.allowCredentials),
  }
  const credential = await credentialFrom(navigator.credentials.get({ publicKey, ...conditional }))
  if (!credential) return refused()
  return tell('/auth/passkey/verify-authentication', 'POST', { response: answered(credential) })
}

/** Makes a passkey on this device, or on one that the browser offers. */
export async function makePasskey(name: string): Promise<Result<unknown>> {
  const options = await ask<Json>('/auth/passkey/generate-register-options')
  if (!options.ok) return options
  const user = options.data.user as Json
  const publicKey = {
    ...options.data,
    challenge: bytesOf(String(options.data.challenge)),
    user: { ...user, id: bytesOf(String(user.id)) },
    excludeCredentials: listed(options.data.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions
  const credential = await credentialFrom(navigator.credentials.create({ publicKey }))
  if (!credential) return refused()
  return tell('/auth/passkey/verify-registration', 'POST', { name, response: answered(credential) })
}
