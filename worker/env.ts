// Vars and secrets, parsed once per isolate. A Worker that is half configured answers nothing but 503: better no
// gateway than one whose webhook accepts everybody because a secret is blank.

import { z } from 'zod'
import { base64url } from './crypto/bytes.ts'
import { hmac } from './crypto/hmac.ts'
import { parseRootKeys, type RootKey } from './custody/root.ts'
import type { Settings } from './ground/settings.ts'

const secret = (name: string, min: number) =>
  z.string({ error: `${name} is missing` }).min(min, `${name} needs at least ${min} characters`)

const schema = z.object({
  META_APP_ID: secret('META_APP_ID', 1),
  /** Comma separated while an app secret is being rotated; each must be able to sign. */
  META_APP_SECRETS: secret('META_APP_SECRETS', 1)
    .transform((text) => text.split(',').map((item) => item.trim()))
    .refine(
      (items) => items.every((item) => item.length >= 8),
      'META_APP_SECRETS holds a blank or short secret',
    ),
  META_VERIFY_TOKEN: secret('META_VERIFY_TOKEN', 8),
  ROOT_KEYS: secret('ROOT_KEYS', 40).transform((text, context): [RootKey, ...RootKey[]] => {
    try {
      return parseRootKeys(text)
    } catch {
      context.addIssue({
        code: 'custom',
        message: 'ROOT_KEYS must be id:base64 of 32 bytes, comma separated',
      })
      return z.NEVER
    }
  }),
  OPERATOR_KEY: z.string().min(16, 'OPERATOR_KEY needs at least 16 characters').optional(),
  META_CONFIG_ID: z
    .string()
    .regex(/^\d{5,32}$/, 'META_CONFIG_ID is the number of a configuration of Facebook Login for Business')
    .optional(),
  GRAPH_ORIGIN: z.url().default('https://graph.facebook.com'),
  GRAPH_VERSION: z
    .string()
    .regex(/^v\d{2}\.\d$/)
    .default('v25.0'),
  PUBLIC_ORIGIN: z.url({ error: 'PUBLIC_ORIGIN must be the address people reach us at' }),
  RECEIPT_KEYS: secret('RECEIPT_KEYS', 40).transform((text, context) => {
    try {
      return parseRootKeys(text).map(({ id, bytes }) => ({ id, seed: bytes }))
    } catch {
      context.addIssue({
        code: 'custom',
        message: 'RECEIPT_KEYS must be id:base64 of 32 bytes, comma separated',
      })
      return z.NEVER
    }
  }),
  MAIL_FROM: z.string().min(3).max(254).default('Softivum Connect <contact@softivum.com>'),
})

/** `missing` says what is wrong with which setting, and no value. */
export class NotConfigured extends Error {
  override readonly name = 'NotConfigured'
  readonly missing: string[]
  constructor(missing: string[]) {
    super(`not configured: ${missing.join(', ')}`)
    this.missing = missing
  }
}

/** One for each root key: who is signed in stays so while the key is rotated. */
const sessionSecrets = ([first, ...rest]: [RootKey, ...RootKey[]]): [string, ...string[]] => {
  const secretOf = ({ bytes }: RootKey): string => base64url(hmac(bytes, 'softivum sessions'))
  return [secretOf(first), ...rest.map(secretOf)]
}

/** One's own machine has two names, and browsers make passkeys for the one that is no number. */
const pageOrigins = (origin: string): string[] => [
  origin,
  ...(/^http:\/\/127\.0\.0\.1(?=:|$)/.test(origin) ? [origin.replace('127.0.0.1', 'localhost')] : []),
]

const parsed = new WeakMap<Env, Settings>()

/** Throws NotConfigured, which names every missing or malformed setting. */
export function settingsOf(env: Env): Settings {
  const held = parsed.get(env)
  if (held) return held
  const result = schema.safeParse(env)
  if (!result.success) throw new NotConfigured(result.error.issues.map((issue) => issue.message))
  const settings = {
    appId: result.data.META_APP_ID,
    appSecrets: result.data.META_APP_SECRETS,
    verifyToken: result.data.META_VERIFY_TOKEN,
    operatorKey: result.data.OPERATOR_KEY,
    configId: result.data.META_CONFIG_ID,
    graphOrigin: result.data.GRAPH_ORIGIN.replace(/\/$/, ''),
    graphVersion: result.data.GRAPH_VERSION,
    publicOrigin: result.data.PUBLIC_ORIGIN.replace(/\/$/, ''),
    pageOrigins: pageOrigins(result.data.PUBLIC_ORIGIN.replace(/\/$/, '')),
    receiptKeys: result.data.RECEIPT_KEYS,
    sessionSecrets: sessionSecrets(result.data.ROOT_KEYS),
    mailFrom: result.data.MAIL_FROM,
  }
  parsed.set(env, settings)
  return settings
}
