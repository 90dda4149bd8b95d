// `npm run check`: everything that must hold before a change lands, the quick ones first; stops at the first that fails
// and shows its output. `-- --no-test` leaves the tests out, for who has just run them. Steps are npm scripts: any can
// be run alone.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

type Step = {
  name: string
  script: string /** Shown as it comes: it is long, and it tells its own story. */
  live?: true
}

const steps: Step[] = [
  { name: 'format', script: 'check:format' },
  { name: 'lint', script: 'check:lint' },
  { name: 'floating promises', script: 'check:promises' },
  { name: 'import rules', script: 'check:imports' },
  { name: 'dead code', script: 'check:dead' },
  { name: 'types', script: 'check:types' },
  { name: 'types of the site', script: 'check:site' },
  { name: 'tests', script: 'test', live: true },
  { name: 'build', script: 'build' },
]

const root = join(import.meta.dirname, '..')
const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`

function run({ script, live }: Step): { ok: boolean; output: string } {
  const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' }
  const stdio = live ? 'inherit' : 'pipe'
  const shell = process.platform === 'win32'
  const done = spawnSync('npm', ['run', '--silent', script], {
    cwd: root,
    env,
    stdio,
    encoding: 'utf8',
    shell,
  })
  return { ok: done.status === 0, output: `${done.stdout ?? ''}${done.stderr ?? ''}` }
}

const chosen = process.argv.includes('--no-test') ? steps.filter(({ script }) => script !== 'test') : steps
const began = Date.now()
for (const [i, step] of chosen.entries()) {
  const since = Date.now()
  process.stdout.write(`${step.name} …${step.live ? '\n' : ' '}`)
  const { ok, output } = run(step)
  if (!ok) {
    console.log(`failed\n\n${output.trim()}\n`)
    console.log(
      `check: ${step.name} failed (alone: npm run ${step.script}); ${chosen.length - i - 1} steps not run.`,
    )
    process.exit(1)
  }
  console.log(step.live ? `${step.name} ok, ${seconds(since)}` : `ok, ${seconds(since)}`)
}
console.log(`check: all ${chosen.length} steps passed in ${seconds(began)}.`)
