// Builds Worker and site into dist/, when something they are made of is newer than what is there. Called by local.ts,
// dev.ts, deploy.ts, tests that need the real build, and `npm run build` (with --force).

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const node = process.execPath
const sources = [
  'worker',
  'db',
  'site',
  'astro.config.mjs',
  'wrangler.toml',
  'package-lock.json',
  'tsconfig.json',
]
const product = join(root, 'dist/server/wrangler.json')
const lock = join(root, 'dist.lock')

function newest(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  const names = readdirSync(path).filter((name) => name !== 'generated')
  return Math.max(stat.mtimeMs, ...names.map((name) => newest(join(path, name))))
}

/** Waits while another process builds. */
function takeLock(): void {
  while (true) {
    try {
      mkdirSync(lock)
      return
    } catch (cause) {
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
      if (since === undefined && (cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      // Older than a build can last: it was left by a process that was killed.
      if (since !== undefined && since < Date.now() - 120_000) rmSync(lock, { recursive: true, force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    }
  }
}

export const isBuilt = (): boolean =>
  existsSync(product) &&
  statSync(product).mtimeMs > Math.max(...sources.map((source) => newest(join(root, source))))

function run(label: string, args: string[]): void {
  const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' }
  const done = spawnSync(node, args, { cwd: root, env, encoding: 'utf8' })
  if (done.status === 0) return
  console.error(done.stdout, done.stderr)
  throw new Error(`${label} failed.`)
}

/** Throws with the builder's output on the console when it fails. Two at once would overwrite each other: one waits. */
export function build(force = false): void {
  if (!force && isBuilt() && !existsSync(lock)) return
  takeLock()
  try {
    if (!force && isBuilt()) return
    run('The API description', ['--disable-warning=ExperimentalWarning', 'scripts/openapi.ts'])
    run('The build', ['node_modules/astro/bin/astro.mjs', 'build'])
    run('The images', ['--disable-warning=ExperimentalWarning', 'scripts/images.ts'])
    // The builder copies the secrets beside its product; nobody needs them there.
    rmSync(join(root, 'dist/server/.dev.vars'), { force: true })
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  try {
    build(process.argv.includes('--force'))
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    process.exitCode = 1
  }
}
