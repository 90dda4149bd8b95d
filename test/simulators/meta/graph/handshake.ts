// The GET by which Meta asks a callback whether it is wanted there. Called when a callback is saved.
// Source: Meta’s documentation; timeout of about six seconds.

import { refusal } from '../errors.ts'
import { numericId } from '../ids.ts'
import type { Sim } from '../sim.ts'

function failed(why: string): Error {
  return refusal(2200, undefined, {
    message: `(#2200) Callback verification failed with the following errors: ${why}`,
  })
}

/** Throws 2200 unless the callback echoes the challenge. */
export async function verifyCallback(sim: Sim, callback: string, verifyToken: string): Promise<void> {
  if (callback.length > 200)
    throw refusal(100, undefined, {
      message: '(#100) Param override_callback_uri must be at most 200 characters long.',
    })
  let url: URL
  try {
    url = new URL(callback)
  } catch {
    throw refusal(100, undefined, { message: '(#100) callback_url is not a valid URL' })
  }
  // Meta rewrites a literal plus sign in the path.
  url.pathname = url.pathname.replaceAll('+', '%20')
  const challenge = numericId('1', 10)
  url.searchParams.set('hub.mode', 'subscribe')
  url.searchParams.set('hub.challenge', challenge)
  url.searchParams.set('hub.verify_token', verifyToken)
  let response: Response
  try {
    response = await sim.options.fetch(url.toString(), {
      headers: { 'User-Agent': 'facebookplatform/1.0 (+http://developers.facebook.com)', Accept: '*/*' },
      redirect: 'manual',
      signal: AbortSignal.timeout(6000),
    })
  } catch {
    throw failed(
      'curl_errno = 28; curl_error = Connection timed out after 6000 milliseconds; HTTP Status Code = 0; HTTP Message = ',
    )
  }
  const answer = await response.text()
  if (response.status !== 200)
    throw failed(`HTTP Status Code = ${response.status}; HTTP Message = ${response.statusText}`)
  if (answer !== challenge) throw failed('The challenge was not returned')
}
