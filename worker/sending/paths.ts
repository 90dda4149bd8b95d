// Everything of the Cloud API that is passed on, on one page; what is not here does not exist. Pure data, and how a
// path finds its rows. Called by door.ts and proxy.ts. Source: Cloud API reference (Meta, v25.0).
//
// `POST /{number}` is missing on purpose: it can point the number's webhooks elsewhere. So are registration, settings,
// subscribed_apps and uploads of the app: they belong to onboarding.

import type { Scope } from '../audit/principal.ts'

/** What the first id of a path names. Numbers and accounts we know; the others only Meta does. */
export type IdKind = 'number' | 'waba' | 'media' | 'template' | 'flow'

export type PathRow = {
  method: 'GET' | 'POST' | 'DELETE'
  kind: IdKind
  /** What follows the id; `{code}` stands for one segment. */
  tail: string
  scope: Scope
  /** Query parameters that are passed on; any other is refused, since Graph has some that change the method. */
  query: readonly string[]
  /** Names `fields` may ask for; without it any plain name. */
  fields?: readonly string[]
  /** For rows with a JSON body: the only keys it may have. */
  keys?: readonly string[]
}

const paging = ['fields', 'limit', 'after', 'before']
const numberFields = [
  'id',
  'display_phone_number',
  'verified_name',
  'name_status',
  'status',
  'quality_rating',
  'quality_score',
  'code_verification_status',
  'throughput',
  'whatsapp_business_manager_messaging_limit',
  'messaging_limit_tier',
  'health_status',
  'is_on_biz_app',
  'is_official_business_account',
  'host_platform',
  'platform_type',
  'account_mode',
  'webhook_configuration',
  'last_onboarded_time',
]
const qr = ['fields', 'code', 'prefilled_message', 'generate_qr_image']
const templateFilters = [
  'name',
  'name_or_content',
  'content',
  'status',
  'language',
  'category',
  'quality_score',
]
const templateKeys = [
  'category',
  'components',
  'message_send_ttl_seconds',
  'parameter_format',
  'cta_url_link_tracking_opted_out',
]
const analytics = [
  'analytics',
  'conversation_analytics',
  'pricing_analytics',
  'template_analytics',
  'template_group_analytics',
  'call_analytics',
  'group_analytics',
]
const templateFields = [
  'id',
  'name',
  'language',
  'status',
  'category',
  'components',
  'quality_score',
  'rejected_reason',
  'parameter_format',
  'previous_category',
  'correct_category',
  'message_send_ttl_seconds',
  'sub_category',
]
const flowFields = [
  'id',
  'name',
  'status',
  'categories',
  'validation_errors',
  'json_version',
  'data_api_version',
  'endpoint_uri',
  'preview',
  'health_status',
  'updated_at',
]

const row = (
  method: PathRow['method'],
  kind: IdKind,
  tail: string,
  scope: Scope,
  query: readonly string[] = [],
  more: Partial<PathRow> = {},
): PathRow => ({ method, kind, tail, scope, query, ...more })

export const paths: readonly PathRow[] = [
  row('POST', 'number', 'messages', 'messages:send'),
  row('POST', 'number', 'marketing_messages', 'messages:send'),

  row('POST', 'number', 'media', 'media', ['type']),
  row('GET', 'media', '', 'media', ['phone_number_id']),
  row('DELETE', 'media', '', 'media', ['phone_number_id']),
  row('GET', 'media', 'download', 'media', ['phone_number_id']),

  row('GET', 'waba', 'message_templates', 'templates', [...paging, ...templateFilters]),
  row('POST', 'waba', 'message_templates', 'templates'),
  row('DELETE', 'waba', 'message_templates', 'templates', ['name', 'hsm_id', 'hsm_ids']),
  row('GET', 'template', '', 'templates', ['fields'], { fields: templateFields }),
  row('POST', 'template', '', 'templates', [], { keys: templateKeys }),

  row('GET', 'number', '', 'numbers:read', ['fields'], { fields: numberFields }),
  row('GET', 'waba', 'phone_numbers', 'numbers:read', paging),

  row('GET', 'number', 'whatsapp_business_profile', 'profile', ['fields']),
  row('POST', 'number', 'whatsapp_business_profile', 'profile'),

  row('GET', 'number', 'block_users', 'block', paging),
  row('POST', 'number', 'block_users', 'block'),
  row('DELETE', 'number', 'block_users', 'block'),

  row('GET', 'number', 'message_qrdls', 'qr', [...qr, ...paging]),
  row('POST', 'number', 'message_qrdls', 'qr', qr),
  row('GET', 'number', 'message_qrdls/{code}', 'qr', ['fields', 'generate_qr_image']),
  row('POST', 'number', 'message_qrdls/{code}', 'qr', ['prefilled_message']),
  row('DELETE', 'number', 'message_qrdls/{code}', 'qr'),

  row('GET', 'waba', 'flows', 'flows:read', paging),
  row('GET', 'flow', '', 'flows:read', ['fields'], { fields: flowFields }),
  row('GET', 'flow', 'assets', 'flows:read', paging),

  row('GET', 'waba', '', 'analytics:read', ['fields'], { fields: analytics }),
]

export type Matched = { id: string; tail: string; rows: readonly PathRow[] }

/** `path` is what follows the version. Undefined when no row has this method and form. */
export function matchPath(method: string, path: string): Matched | undefined {
  const segments = path.replace(/^\/|\/+$/g, '').split('/')
  const [id = '', ...rest] = segments
  if (!/^\d{1,32}$/.test(id) || rest.length > 2 || !rest.every((part) => /^[\w-]{1,128}$/.test(part)))
    return undefined
  const tail = rest.join('/')
  const rows = paths.filter((one) => one.method === method && fits(one.tail, tail))
  return rows.length > 0 ? { id, tail, rows } : undefined
}

const fits = (pattern: string, tail: string): boolean =>
  pattern.endsWith('{code}')
    ? tail.startsWith(pattern.slice(0, -'{code}'.length)) && tail.split('/').length === 2
    : pattern === tail

/** How a row is written in logs and in the documentation. */
export const routeOf = (row: PathRow): string => `{${row.kind}}${row.tail === '' ? '' : `/${row.tail}`}`

const everywhere = ['messaging_product']
/** Some SDKs put the token here too; ours and theirs both stay out. */
const dropped = ['access_token', 'appsecret_proof', 'appsecret_time']

export type CheckedQuery = { ok: true; query: Record<string, string> } | { ok: false; parameter: string }

export function checkQuery(row: PathRow, given: URLSearchParams): CheckedQuery {
  const query: Record<string, string> = {}
  for (const [name, value] of given) {
    if (dropped.includes(name)) continue
    if (!row.query.includes(name) && !everywhere.includes(name))
      return { ok: false, parameter: name.slice(0, 64) }
    if (name in query) return { ok: false, parameter: name }
    query[name] = value
  }
  return query.fields === undefined && row.kind !== 'waba' ? { ok: true, query } : checkFields(row, query)
}

/** Graph follows `fields` into other objects by braces; none of that passes. */
function checkFields(row: PathRow, query: Record<string, string>): CheckedQuery {
  const asked = query.fields
  if (asked === undefined) return row.fields ? { ok: false, parameter: 'fields' } : { ok: true, query }
  if (/[{}]/.test(asked)) return { ok: false, parameter: 'fields' }
  const names = asked.split(/,(?![^([]*[)\]])/).map((item) => /^\s*(\w+)/.exec(item)?.[1] ?? '')
  const allowed =
    row.fields === undefined || names.every((name) => (row.fields as readonly string[]).includes(name))
  return allowed ? { ok: true, query } : { ok: false, parameter: 'fields' }
}
