// Meta's refusals: code, HTTP status, title and the exact JSON around them.
// Called by everything on the Graph side and by the failed statuses. Source: Meta’s documentation.

import { traceId } from './ids.ts'

type Known = { http: number; title: string; details?: string }

const known: Record<number, Known> = {
  0: { http: 401, title: 'AuthException' },
  1: { http: 400, title: 'API Unknown' },
  2: { http: 503, title: 'API Service' },
  3: { http: 500, title: 'API Method' },
  4: { http: 400, title: 'Application request limit reached' },
  10: { http: 403, title: 'Application does not have permission for this action' },
  33: { http: 400, title: 'Parameter value is not valid' },
  100: { http: 400, title: 'Invalid parameter' },
  190: { http: 401, title: 'Invalid OAuth access token' },
  200: { http: 403, title: 'Permissions error' },
  368: { http: 403, title: 'Temporarily blocked for policies violations' },
  2200: { http: 400, title: 'Callback verification failed' },
  2500: { http: 400, title: 'Unknown path components' },
  80007: { http: 400, title: 'Rate limit issues' },
  130403: { http: 400, title: 'User is blocked by this business' },
  130429: {
    http: 400,
    title: 'Rate limit hit',
    details:
      'Message failed to send because there were too many messages sent from this phone number in a short period of time',
  },
  130472: { http: 400, title: "User's number is part of an experiment" },
  130497: { http: 403, title: 'Business account is restricted from messaging users in this country' },
  131000: { http: 500, title: 'Something went wrong' },
  131005: { http: 403, title: 'Access denied' },
  131008: { http: 400, title: 'Required parameter is missing' },
  131009: { http: 400, title: 'Parameter value is not valid' },
  131016: { http: 500, title: 'Service unavailable' },
  131021: {
    http: 400,
    title: 'Recipient cannot be sender',
    details: 'Recipient phone number is the same as the sender phone number',
  },
  131026: { http: 400, title: 'Message undeliverable', details: 'Message Undeliverable.' },
  131030: { http: 400, title: 'Recipient phone number not in allowed list' },
  131031: { http: 403, title: 'Business Account locked', details: 'Business account has been locked' },
  131037: {
    http: 400,
    title: 'WhatsApp provided number needs display name approval before message can be sent',
  },
  131042: {
    http: 400,
    title: 'Business eligibility payment issue',
    details: 'Message failed to send because there were one or more errors related to your payment method.',
  },
  131045: { http: 500, title: 'Incorrect certificate' },
  131047: {
    http: 400,
    title: 'Re-engagement message',
    details:
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  },
  131048: { http: 400, title: 'Spam rate limit hit' },
  131049: {
    http: 400,
    title: 'Meta chose not to deliver',
    details: 'This message was not delivered to maintain healthy ecosystem engagement.',
  },
  131050: {
    http: 400,
    title: 'User stopped marketing messages',
    details: 'User has chosen to stop receiving marketing messages on WhatsApp from your business.',
  },
  131051: {
    http: 400,
    title: 'Unsupported message type',
    details: 'Message type is not currently supported.',
  },
  131052: { http: 400, title: 'Media download error' },
  131053: { http: 400, title: 'Media upload error' },
  131055: {
    http: 400,
    title: 'Method not allowed',
    details: 'Only marketing template messages can be sent through this endpoint.',
  },
  131056: {
    http: 400,
    title: '(Business Account, Consumer Account) pair rate limit hit',
    details:
      'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
  },
  131057: { http: 500, title: 'Business Account is in maintenance mode' },
  131059: { http: 400, title: 'Invalid paging cursor' },
  131061: { http: 400, title: 'bid_spec is not supported on Cloud API' },
  131062: {
    http: 400,
    title: 'Business-scoped User ID recipients are not supported for this message',
    details: 'Authentication templates of this kind need a phone number as recipient.',
  },
  131063: { http: 400, title: 'Marketing template must be sent with the marketing messages API' },
  132000: { http: 400, title: 'Number of parameters does not match the expected number of params' },
  132001: { http: 404, title: 'Template name does not exist in the translation' },
  132005: { http: 400, title: 'Translated text too long' },
  132007: { http: 400, title: 'Template Content Policy violated' },
  132012: { http: 400, title: 'Parameter format does not match format in the created template' },
  132015: { http: 400, title: 'Template is paused', details: 'Template is paused due to low quality.' },
  132016: { http: 400, title: 'Template is disabled' },
  132018: { http: 400, title: 'Template parameter value is not valid' },
  132068: { http: 400, title: 'Flow is in blocked state' },
  132069: { http: 400, title: 'Flow is in throttled state' },
  133004: { http: 503, title: 'Server temporarily unavailable' },
  133005: { http: 400, title: 'Two step verification PIN mismatch' },
  133010: {
    http: 400,
    title: 'Account not registered',
    details: 'Account does not exist in Cloud API, please use /register API to create an account first',
  },
  133016: {
    http: 400,
    title: 'Account register/deregister rate limit exceeded',
    details: 'Too many register or deregister attempts for this number. Try again after 72 hours.',
  },
  134100: { http: 400, title: 'Only marketing messages supported' },
  135000: { http: 400, title: 'Generic user error' },
  137000: { http: 400, title: 'Identity key hash mismatch' },
  139100: {
    http: 400,
    title: 'Failed to block/unblock users',
    details: 'Failed to block or unblock some users',
  },
  139101: { http: 400, title: 'User has not messaged this business in the last 24 hours' },
  139102: { http: 400, title: 'Block list limit reached' },
  2388019: { http: 400, title: 'Message template limit exceeded' },
  2388003: { http: 400, title: 'Template cannot be edited now' },
  2388040: { http: 400, title: 'Character limit exceeded' },
  2388043: { http: 400, title: 'Message template is missing expected field(s)' },
  2388047: { http: 400, title: 'Message template format is incorrect' },
  2388024: { http: 400, title: 'Content in this language already exists' },
  2388293: { http: 400, title: 'Too many variables for the message length' },
  2388299: { http: 400, title: 'Variables cannot be at the start or end of the template' },
  2593107: { http: 400, title: 'Synchronization request limit exceeded' },
  2593108: { http: 400, title: 'Synchronization request made outside of the allowed time window' },
  2593109: { http: 400, title: 'Synchronization was declined by the business' },
}

type Extra = {
  status?: number
  message?: string
  subcode?: number
  type?: string
  transient?: boolean
  /** Members placed beside `error` (a partly failed block list answers both). */
  beside?: Record<string, unknown>
}

export class GraphError extends Error {
  readonly code: number
  readonly status: number
  readonly details: string | undefined
  readonly extra: Extra

  constructor(code: number, details?: string, extra: Extra = {}) {
    const entry = known[code] ?? { http: 400, title: 'Unknown error' }
    super(extra.message ?? `(#${code}) ${entry.title}`)
    this.code = code
    this.status = extra.status ?? entry.http
    this.details = details ?? entry.details
    this.extra = extra
  }

  toJson(): Record<string, unknown> {
    const { type, subcode, transient, beside } = this.extra
    const error = {
      message: this.message,
      type: type ?? 'OAuthException',
      code: this.code,
      ...(this.details === undefined
        ? {}
        : { error_data: { messaging_product: 'whatsapp', details: this.details } }),
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      ...(transient === undefined ? {} : { is_transient: transient }),
      fbtrace_id: traceId(),
    }
    return { ...beside, error }
  }
}

/** A refusal to throw from any Graph handler. */
export function refusal(code: number, details?: string, extra?: Extra): GraphError {
  return new GraphError(code, details, extra)
}

/** Meta's answer for what is not there and for what belongs to somebody else: the same bytes but the id. */
export function noSuchObject(method: string, id: string): GraphError {
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
    'missing permissions, or does not support this operation. Please read the Graph API documentation at ' +
    'https://developers.facebook.com/docs/graph-api'
  return new GraphError(100, undefined, { message, subcode: 33, type: 'GraphMethodException' })
}

/** The error object as webhooks carry it. */
export function webhookError(code: number, details?: string): Record<string, unknown> {
  const entry = known[code] ?? { http: 400, title: 'Unknown error' }
  return {
    code,
    title: entry.title,
    message: entry.title,
    error_data: { details: details ?? entry.details ?? entry.title },
    href: '/documentation/business-messaging/whatsapp/support/error-codes',
  }
}
