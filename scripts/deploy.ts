// `npm run deploy`: what an operator runs against a real account. Refuses before anything changes there when ids or
// secrets are missing; then builds, applies migrations, and deploys the generated configuration.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { NotConfigured, settingsOf } from '../worker/env.ts'
import { build } from './build.ts'

const root = join(import.meta.dirname, '..')
const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
const config = join(root, 'wrangler.toml')

/** What the Worker itself refuses to start without. */
function requiredSettings(): string[] {
  try {
    settingsOf({} as Env)
    return []
  } catch (cause) {
    if (!(cause instanceof NotConfigured)) throw cause
    return cause.missing.map((reason) => reason.split(' ')[0] as string)
  }
}

function run(args: string[], quiet = false): { ok: boolean; output: string } {
  const stdio = quiet ? 'pipe' : 'inherit'
  const done = spawnSync(process.execPath, [wrangler, ...args], { cwd: root, stdio, encoding: 'utf8' })
  return { ok: done.status === 0, output: `${done.stdout ?? ''}${done.stderr ?? ''}` }
}

function runOrThrow(what: string, args: string[]): void {
  console.log(`${what} …`)
  if (!run(args).ok) throw new Error(`${what}: failed.`)
}

function assertIds(text: string): void {
  const placeholder = /"0{8}-?0{4}-?0{4}-?0{4}-?0{12}"/
  const lines = text
    .split('\n')
    .flatMap((line, i) => (placeholder.test(line) ? [`  line ${i + 1}: ${line.trim()}`] : []))
  if (lines.length === 0) return
  throw new Error(
    `wrangler.toml still holds placeholder ids:\n${lines.join('\n')}\nMake the resources (npx wrangler d1 create, npx wrangler kv namespace create, npx wrangler r2 bucket create) and write their ids there.`,
  )
}

function assertSettings(vars: Record<string, unknown>): void {
  if (vars.GRAPH_ORIGIN !== undefined)
    throw new Error('wrangler.toml sets GRAPH_ORIGIN: a real gateway talks to Meta. Take it out.')
  const { ok, output } = run(['secret', 'list', '--config', config, '--format', 'json'], true)
  const there = new Set(Object.keys(vars))
  if (ok)
    for (const { name } of JSON.parse(output.slice(output.indexOf('['))) as { name: string }[])
      there.add(name)
  const missing = requiredSettings().filter((name) => !there.has(name))
  if (missing.length === 0) return
  const commands = missing.map((name) => `  npx wrangler secret put ${name}`)
  const why = ok ? '' : `\nThe secrets could not be listed:\n${output.trim()}`
  throw new Error(`The Worker would answer nothing but 503 without:\n${commands.join('\n')}${why}`)
}

try {
  const text = readFileSync(config, 'utf8')
  assertIds(text)
  const vars = (parse(text).vars ?? {}) as Record<string, string>
  assertSettings(vars)
  // A secret cannot be read from here, so whoever keeps the address as one gives it in the environment as well.
  if (vars.PUBLIC_ORIGIN) process.env.PUBLIC_ORIGIN ??= vars.PUBLIC_ORIGIN
  console.log('Building …')
  build(true)
  runOrThrow('Applying migrations', ['d1', 'migrations', 'apply', 'DB', '--remote', '--config', config])
  runOrThrow('Deploying', ['deploy', '--config', join(root, 'dist/server/wrangler.json')])
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 1
}
