// The mutation proof: in a copy of the tree the program does something new that no text says. `npm run policy` turns red
// there and names what has to be said. The control: the copy as it is stays green.

import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
let copy: string

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'softivum-mutation-'))
  for (const part of ['worker', 'db', 'site', 'scripts', 'wrangler.toml', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
})

afterEach(() => rmSync(copy, { recursive: true, force: true }))

function policy(...words: string[]) {
  const args = ['--disable-warning=ExperimentalWarning', 'scripts/policy.ts', ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

/** Changes a file in one place, which must be there. */
function mutate(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(join(copy, path), 'utf8')
  const after = before.replace(from, to)
  expect(after, `${path} has ${from}`).not.toBe(before)
  writeFileSync(join(copy, path), after)
}

const append = (path: string, text: string) => appendFileSync(join(copy, path), `\n${text}\n`)

/** Red, with every one of these in what it prints. */
function isRed(...words: (string | RegExp)[]): void {
  const { status, said } = policy()
  expect(status, said).toBe(1)
  for (const word of words) expect(said).toMatch(word)
}

/** A column with an e-mail address: in the schema and in a migration. */
function addColumn(): void {
  mutate(
    'db/schema.ts',
    /(export const contacts = sqliteTable\(\s*'contacts',\s*\{)/,
    `$1\n    email: text('email'),`,
  )
  writeFileSync(
    join(copy, 'db/migrations/9999_mutation.sql'),
    'ALTER TABLE contacts ADD COLUMN email text;\n',
  )
}

const describeColumn = (as: string) =>
  mutate('db/catalog.ts', /(\n {2}contacts: \{[\s\S]*?columns: \{)/, `$1\n      email: ${as},`)

describe('a copy of the tree', () => {
  it('that nobody touched says what it does', () => {
    expect(policy()).toEqual({ status: 0, said: 'The texts say what the program does.\n' })
  })

  describe('with a new column for e-mail addresses', () => {
    beforeEach(addColumn)

    it('is red as long as the catalogue does not know it, and names the column', () => {
      isRed(
        /contacts\.email is a column that db\/catalog\.ts does not know\. Say there what kind of data it is/,
      )
    })

    it('is red when it is described as if it were nobody’s, and says what was said of it', () => {
      describeColumn('operational')
      isRed(
        /contacts\.email sounds like a detail of a person, and db\/catalog\.ts calls it operational, not sealed/,
      )
    })

    it('is red although it is described well, until the policy says it: the row is printed with the new words', () => {
      describeColumn('details')
      isRed(
        /privacy: version \d+ does not say what the program does now/,
        /3\. What comes through WhatsApp/,
        /is: {2}People a business talks with · Sealed: .*e-mail address/,
        /\{\+e-mail address/,
        /npm run policy -- new privacy --material/,
      )
    })
  })

  it('with a new binding is red, and asks what is in it, where it is, how long backups last and whose it is', () => {
    append('wrangler.toml', '[[r2_buckets]]\nbinding = "SPARE"\nbucket_name = "spare"')
    isRed(
      /SPARE is a binding of wrangler\.toml that db\/catalog\.ts does not know\. Say under `bindings` what is in it/,
      /SPARE is a binding that no provider in db\/subprocessors\.ts covers\. Say whose store it is/,
    )
  })

  it('that sets a cookie is red, and asks for its name, its purpose and its life, then for a new version', () => {
    append('worker/ground/http.ts', `export const seen = (to: Headers) => to.append('set-cookie', 'seen=1')`)
    isRed(
      /worker\/ground\/http\.ts:\d+ keeps something in the browser \(set-cookie\)/,
      /Say there its name, what it is for/,
    )
    mutate(
      'db/cookies.ts',
      'readonly Cookie[] = [',
      `readonly Cookie[] = [{ name: 'seen', kind: 'cookie', purpose: 'to count visits', life: 'a year', necessary: false, setIn: ['worker/ground/http.ts'] },`,
    )
    isRed(/5\. Cookies and analytics/, /is: {2}seen \(cookie\) · to count visits · a year · no/)
  })

  it('that calls a new host is red, and asks who that is and what they are given', () => {
    append(
      'worker/mail/mail.ts',
      `export const told = () => fetch('https://collect.metrics-vendor.io/v1', { method: 'POST' })`,
    )
    isRed(
      /worker\/mail\/mail\.ts:\d+ names the host collect\.metrics-vendor\.io, and no provider in db\/subprocessors\.ts is called there/,
      /Say who that is, what they are given and why/,
    )
  })

  it('that keeps raw notices for ninety days instead of seven is red, and prints the old row and the new one', () => {
    mutate('db/catalog.ts', /(\n {2}rawEvents: \{[\s\S]*?life: \{ days: )7/, '$190')
    isRed(
      /10\. How long it is kept/,
      /was: .*7 days .*Raw notices from Meta/,
      /is: {2}90 days · Key destroyed, deleted: Raw notices from Meta/,
    )
  })

  it('with dates for a new version that are no days, or in no order, is told why and stays as it is', () => {
    mutate('site/content/legal/terms.md', 'at least 18 years old', 'at least 21 years old')
    const index = () => readFileSync(join(copy, 'db/documents.ts'), 'utf8')
    const [before, folder] = [index(), join(copy, 'site/content/legal/versions/terms')]
    const files = readdirSync(folder)
    const cases: [announced: string, effective: string, why: string, how?: string][] = [
      ['2026-13-45', '2027-03-01', '--announced is a date of the calendar'],
      ['2027-01-01', '2027-02-30', '--effective is a date of the calendar'],
      ['2027-01-01', '2026-13-45', '--effective is a date of the calendar'],
      ['2027-01-01', '20270301', '--effective is a date of the calendar'],
      ['2027-03-02', '2027-03-01', 'cannot be in force before it is announced'],
      ['2020-01-01', '2027-03-01', 'the next one is not announced before', '--material'],
    ]
    for (const [announced, effective, why, how = '--editorial'] of cases) {
      const dates = ['--announced', announced, '--effective', effective]
      const { status, said } = policy('new', 'terms', ...dates, '--summary', 'Older.', how)
      expect([why, status]).toEqual([why, 2])
      expect(said).toContain(why)
    }
    expect([index(), readdirSync(folder)]).toEqual([before, files])
  })

  it('says how to ask it, and that is no failure', () => {
    for (const word of ['help', '--help', '-h'])
      expect(policy(word)).toMatchObject({ status: 0, said: expect.stringContaining('npm run policy [--') })
  })

  it('that says so in a new version is green again; a material one only with its notice', () => {
    mutate('site/content/legal/terms.md', 'at least 18 years old', 'at least 21 years old')
    const say = (...how: string[]) =>
      policy('new', 'terms', '--announced', '2027-01-01', '--summary', 'Older.', ...how)
    isRed(/terms: version \d+ does not say/, /\[-18-\]\{\+21\+\}/)
    expect(say('--material', '--effective', '2027-01-30')).toMatchObject({ status: 2 })
    expect(say('--material', '--effective', '2027-01-31')).toMatchObject({ status: 0 })
    expect(say('--editorial', '--effective', '2027-02-01').said).toContain('says the same already')
    expect(policy()).toMatchObject({ status: 0 })
    expect(policy('diff', 'terms', '2', '3').said).toContain('[-18-]{+21+}')
  })
})
