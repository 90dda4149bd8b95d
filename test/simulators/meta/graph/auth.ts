// Whose call is this: the access token and its proof. Called by the router.
// Source: Meta’s documentation (190).

import { appSecretProof } from '../crypto.ts'
import { refusal } from '../errors.ts'
import type { Sim } from '../sim.ts'
import type { Json, Token } from '../state.ts'

function invalid(message: string, subcode?: number): Error {
  return refusal(190, undefined, { message, ...(subcode === undefined ? {} : { subcode }) })
}

export function tokenText(request: Request, url: URL, body: Json): string | null {
  const header = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers.get('Authorization') ?? '')?.[1]
  if (header !== undefined) return header.trim()
  const inQuery = url.searchParams.get('access_token')
  if (inQuery !== null) return inQuery
  return typeof body.access_token === 'string' ? body.access_token : null
}

export function findToken(sim: Sim, value: string | null): Token {
  if (value === null || value === '') throw invalid('An access token is required to request this resource.')
  const token = sim.world.state.tokens.get(value)
  if (!token) throw invalid('Invalid OAuth access token - Cannot parse access token')
  if (token.revoked)
    throw invalid('Error validating access token: The user has not authorized application.', 458)
  if (token.expiresAt !== 0 && token.expiresAt <= sim.world.now()) {
    const when = new Date(token.expiresAt).toUTCString()
    throw invalid(`Error validating access token: Session has expired on ${when}.`, 463)
  }
  return token
}

/** A proof that is there must be right; one that is missing is refused only where the app demands it. */
export async function checkProof(sim: Sim, token: Token, url: URL, body: Json): Promise<void> {
  const given = url.searchParams.get('appsecret_proof') ?? body.appsecret_proof
  if (given === undefined || given === null) {
    if (!sim.world.settings.requireAppSecretProof || token.kind === 'app') return
    throw refusal(100, undefined, {
      message: 'API calls from the server require an appsecret_proof argument',
      type: 'GraphMethodException',
    })
  }
  if (given === (await appSecretProof(sim.options.appSecret, token.value))) return
  throw refusal(100, undefined, {
    message: 'Invalid appsecret_proof provided in the API argument',
    type: 'GraphMethodException',
  })
}
