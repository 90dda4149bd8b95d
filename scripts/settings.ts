// .dev.vars: the secrets of a local gateway, made at random when there are none. Called by start.ts.

import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

export type Vars = Record<string, string>

function parse(text: string): Vars {
  const vars: Vars = {}
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z_][A-Z0-9_]*)\s*=\s*"?(.*?)"?\s*$/.exec(line)
    if (match) vars[match[1] as string] = match[2] as string
  }
  return vars
}

const secret = (bytes: number) => randomBytes(bytes).toString('base64url')

/** Reads the file, or writes one. `made` tells which. */
export function loadVars(file: string): { vars: Vars; made: boolean } {
  if (existsSync(file)) return { vars: parse(readFileSync(file, 'utf8')), made: false }
  const vars: Vars = {
    META_APP_ID: '401700800900100',
    META_APP_SECRETS: secret(24),
    META_VERIFY_TOKEN: secret(24),
    ROOT_KEYS: `k1:${secret(32)}`,
    OPERATOR_KEY: secret(24),
    RECEIPT_KEYS: `r1:${secret(32)}`,
  }
  const head =
    '# Secrets of this machine only. Delete the file to get new ones; what was sealed with the old ones stays closed.\n'
  writeFileSync(
    file,
    head +
      Object.entries(vars)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    { mode: 0o600 },
  )
  return { vars, made: true }
}
