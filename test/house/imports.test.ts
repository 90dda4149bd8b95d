// Each import rule of the house bites: one file that breaks it, in a scratch house of the same plan.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import house from '../../.dependency-cruiser.mjs'

const root = join(import.meta.dirname, '../..')

/** Files that break a rule, each with what it holds. */
const breaches: Record<string, Record<string, string>> = {
  'no-cycles': {
    'worker/accounts/egg.ts': `import './hen.ts'`,
    'worker/accounts/hen.ts': `import type { Egg } from './egg.ts'\nexport type Hen = Egg`,
  },
  'no-cycles-in-tests': {
    'test/support/egg.ts': `import './hen.ts'`,
    'test/support/hen.ts': `import './egg.ts'`,
  },
  'ground-imports-nothing': { 'worker/ground/http.ts': `import '../crypto/seal.ts'` },
  'crypto-on-ground': { 'worker/crypto/business.ts': `import '../meta/event.ts'` },
  'db-stands-alone': { 'db/knowing.ts': `import '../worker/ground/ids.ts'` },
  'meta-is-protocol-only': { 'worker/meta/graph.ts': `import '../../db/client.ts'` },
  'audit-below-rooms': { 'worker/audit/curious.ts': `import '../accounts/keys.ts'` },
  'transparency-below-rooms': { 'worker/transparency/curious.ts': `import '../audit/audit.ts'` },
  'custody-below-rooms': { 'worker/custody/curious.ts': `import '../accounts/keys.ts'` },
  'rooms-are-strangers': {
    'worker/accounts/visit.ts': `import '../conversations/record.ts'`,
    'worker/mail/visit.ts': `import '../accounts/keys.ts'`,
  },
  'walks-are-strangers': { 'worker/sending/visit.ts': `import '../inbound/receive.ts'` },
  'residue-shares-nothing-with-the-eraser': {
    'worker/deletion/residue.ts': `import '../../db/catalog.ts'`,
    'worker/deletion/residue-rows.ts': `import './erase.ts'`,
    'worker/deletion/residue-keys.ts': `import '../custody/sealing.ts'`,
  },
  'routes-are-doors': { 'worker/accounts/back-door.ts': `import './routes.ts'` },
  'pure-files-do-no-io': {
    'worker/sending/gates.ts': `import '../../db/client.ts'`,
    'worker/conversations/window.ts': `import 'drizzle-orm'`,
    'worker/meta/signature.ts': `import 'hono'`,
    'worker/mail/templates.ts': `import '../../db/client.ts'`,
    'worker/meta/shard.ts': `import 'cloudflare:workers'`,
    'worker/inbound/frame.ts': `import 'node:fs'`,
  },
  'pure-files-ask-pure-files': { 'worker/inbound/plan.ts': `import './receive.ts'` },
  'hono-only-at-the-door': { 'worker/accounts/inside.ts': `import 'hono'` },
  'worker-ignores-site-test-and-scripts': {
    'worker/accounts/sighted.ts': `import '../../site/components/page.ts'`,
    'worker/accounts/tested.ts': `import '../../test/support/cast.ts'`,
    'db/scripted.ts': `import '../scripts/build.ts'`,
  },
  'site-reads-four-things': { 'site/components/greedy.ts': `import '../../worker/accounts/keys.ts'` },
  'site-takes-only-the-type-of-the-api': { 'site/components/heavy.ts': `import '../../worker/app.ts'` },
  'simulators-ignore-the-worker': {
    'test/simulators/meta/leaning.ts': `import '../../../worker/crypto/hmac.ts'`,
  },
  'worker-has-only-declared-runtime-packages': { 'worker/accounts/tooled.ts': `import 'vitest'` },
  'everything-resolves': { 'worker/accounts/lost.ts': `import './nowhere.ts'` },
}

/** What the rules allow, and what the breaches lean on. */
const plan: Record<string, string> = {
  'worker/ground/ids.ts': '',
  'worker/ground/problems.ts': '',
  'worker/ground/openapi.ts': `import 'hono'`,
  'worker/crypto/hmac.ts': '',
  'worker/crypto/seal.ts': `import '../ground/ids.ts'`,
  'worker/meta/event.ts': `import '../ground/ids.ts'`,
  'worker/audit/audit.ts': `import '../../db/client.ts'`,
  'worker/custody/sealing.ts': `import '../crypto/seal.ts'`,
  'worker/accounts/keys.ts': `import '../../db/client.ts'\nimport '../custody/sealing.ts'\nimport '../meta/event.ts'\nimport '../audit/audit.ts'`,
  'worker/accounts/routes.ts': `import '../ground/openapi.ts'\nimport './keys.ts'`,
  'worker/conversations/record.ts': `import '../../db/client.ts'`,
  'worker/inbound/receive.ts': `import '../conversations/record.ts'\nimport '../accounts/keys.ts'\nimport 'cloudflare:workers'`,
  'worker/deletion/erase.ts': `import '../../db/client.ts'`,
  'worker/inbound/reading.ts': `import '../meta/event.ts'\nimport 'node:crypto'`,
  'worker/app.ts': `import 'hono'\nimport './accounts/routes.ts'\nexport type Api = string`,
  'db/client.ts': `import 'drizzle-orm'`,
  'db/catalog.ts': '',
  'site/components/page.ts': `import '../../db/catalog.ts'\nimport '../../worker/ground/problems.ts'\nimport type { Api } from '../../worker/app.ts'\nexport type Page = Api`,
  'scripts/build.ts': '',
  'test/support/cast.ts': `import '../../worker/app.ts'\nimport 'vitest'`,
}

const packages = {
  dependencies: { hono: '1.0.0', 'drizzle-orm': '1.0.0' },
  devDependencies: { vitest: '1.0.0' },
}

let scratch: string
let found: { rule: string; from: string }[]

function write(path: string, text: string): void {
  mkdirSync(dirname(join(scratch, path)), { recursive: true })
  writeFileSync(join(scratch, path), `${text}\n`)
}

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'softivum-house-'))
  for (const files of [plan, ...Object.values(breaches)])
    for (const [path, text] of Object.entries(files)) write(path, text)
  write('package.json', JSON.stringify({ name: 'scratch', type: 'module', ...packages }))
  write('tsconfig.json', readFileSync(join(root, 'tsconfig.json'), 'utf8').replace(/"extends":.*/, ''))
  for (const name of ['hono', 'drizzle-orm', 'vitest']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }))
    write(`node_modules/${name}/index.js`, '')
  }
  const { forbidden, options } = house
  const ruleSet = { forbidden: forbidden as IForbiddenRuleType[] }
  const folders = ['worker', 'db', 'site', 'scripts', 'test']
  const done = await cruise(folders, { ...options, ruleSet, validate: true, baseDir: scratch })
  const { violations } = (done.output as ICruiseResult).summary
  found = violations.map(({ rule, from }) => ({ rule: rule.name, from }))
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('the import rules', () => {
  it('have an example each', () => {
    expect(house.forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(breaches).sort())
    expect(house.forbidden.filter(({ comment }) => !comment)).toEqual([])
  })

  it.each(Object.entries(breaches))('%s catches what breaks it', (name, files) => {
    const caught = found.filter(({ rule }) => rule === name).map(({ from }) => from)
    // A cycle is told once, from the file that comes first.
    const breaking = Object.keys(files).filter((path) => !path.endsWith('/hen.ts'))
    expect(caught).toEqual(expect.arrayContaining(breaking))
  })

  it('let pass what the plan of the house allows', () => {
    expect(found.filter(({ from }) => from in plan)).toEqual([])
  })
})

describe('the pages', () => {
  const pages = readdirSync(join(root, 'site'), { recursive: true, encoding: 'utf8' })
  const read = house.forbidden
    .filter(({ name }) => name === 'site-reads-four-things')
    .map(({ to }) => new RegExp((to as { pathNot: string }).pathNot))
  // A page takes no value from app.ts, and a type of it only through a file that the cruiser reads.
  const allowed = (path: string) =>
    path.startsWith('site/') || (read.some((rule) => rule.test(path)) && path !== 'worker/app.ts')

  // The cruiser does not read .astro files.
  it.each(pages.filter((name) => name.endsWith('.astro')))('%s imports only what the site may', (name) => {
    const file = join(root, 'site', name)
    const paths = [...readFileSync(file, 'utf8').matchAll(/(?:from|import|glob<?[^(]*\() ?['"](\.[^'"?]+)/g)]
    const targets = paths.map(([, path]) => relative(root, resolve(dirname(file), path as string)))
    expect(targets.filter((target) => !allowed(target))).toEqual([])
  })
})
