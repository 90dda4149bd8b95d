// The error JSON of Meta's Graph API, as we answer it ourselves: Meta's own fields, so that every SDK parses it, with
// `gate` and `remedy` beside them. Pure. Called by the sending walk. Source: error codes (meta support page).

export type Refusal = {
  /** What refused: `account`, `window`, `path` … or `meta` when the trouble is on Meta's side. */
  gate: string
  status: number
  code: number
  /** Short and constant for a code; the answer's message is `(#code) title`. */
  title: string
  /** Replaces the whole message where Meta's has no number in front. */
  message?: string | undefined
  details?: string | undefined
  remedy: string
  type?: 'OAuthException' | 'GraphMethodException' | undefined
  subcode?: number | undefined
  /** Our id of the message this is about. */
  messageId?: string | undefined
  transient?: boolean | undefined
}

/** The bytes are a function of the refusal alone, so that two refusals for the same reason cannot be told apart. */
export function refusalJson(refusal: Refusal): string {
  const { details, subcode, messageId, transient } = refusal
  return JSON.stringify({
    error: {
      message: refusal.message ?? `(#${refusal.code}) ${refusal.title}`,
      type: refusal.type ?? 'OAuthException',
      code: refusal.code,
      ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      ...(transient === undefined ? {} : { is_transient: transient }),
      gate: refusal.gate,
      remedy: refusal.remedy,
      ...(messageId === undefined ? {} : { message_id: messageId }),
    },
  })
}

/** Meta's answer for what is not there and for what belongs to somebody else: nothing but the id differs. */
export const noSuchObject = (method: string, id: string): Refusal => ({
  gate: 'number',
  status: 400,
  code: 100,
  subcode: 33,
  type: 'GraphMethodException',
  title: 'Unsupported request',
  message:
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, ` +
    'or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api',
  remedy: 'Check the id: it must be a number, an account or an object of the workspace this key belongs to.',
})

/** `shown` is the path without the version; it is bounded before it is echoed. */
export const unknownPath = (shown: string): Refusal => ({
  gate: 'path',
  status: 404,
  code: 2500,
  title: 'Unknown path components',
  message: `Unknown path components: ${shown.slice(0, 200)}`,
  remedy: 'Only the Cloud API paths listed in the API documentation are passed on to Meta.',
})

export const badKey: Refusal = {
  gate: 'key',
  status: 401,
  code: 190,
  title: 'Invalid OAuth access token',
  message: 'Invalid OAuth access token - Cannot parse access token',
  remedy: 'Send Authorization: Bearer sc_… with a gateway key that is not revoked.',
}

export const missingScope = (scope: string): Refusal => ({
  gate: 'scope',
  status: 403,
  code: 10,
  title: 'Application does not have permission for this action',
  details: `This key does not have the scope ${scope}.`,
  remedy: `Use a key with the scope ${scope}.`,
})

/** A request that is not well formed before anything was looked at. */
export const badRequest = (details: string, remedy: string, status = 400): Refusal => ({
  gate: 'request',
  status,
  code: 100,
  title: 'Invalid parameter',
  details,
  remedy,
})
