// `npm run policy`: says whether the public texts say what the program does, and makes new versions of them. Exit code 0:
// they do. 1: something has to be said, and it is printed what. 2: not understood.

import { parseArgs } from 'node:util'
import { type DocumentName, noticeDays } from '../db/documents.ts'
import { compile } from '../site/policy/compile.ts'
import { changesBetween, changeText } from '../site/policy/difference.ts'
import { documentNames, type Version, versionsOf } from '../site/policy/versions.ts'
import { hashOf, readVersions, readWords, writeVersion } from './policy-files.ts'
import { complaints } from './policy-honesty.ts'
import { complaintsAboutTexts } from './policy-texts.ts'

const help = `npm run policy [-- COMMAND]

  check                          (without a command) everything that the texts do not say and the program does
  new DOCUMENT --effective DATE --material|--editorial --summary "WHAT CHANGED"
                                 writes a new version of the text as it is now. DOCUMENT is ${documentNames.join(', ')}.
                                 --material: it matters to people. Everybody is told by mail, and it is in force
                                 ${noticeDays} days later at the earliest. --announced DATE when it is not today
  diff DOCUMENT FROM TO          what changed between two versions; TO may be "now"
  help                           these words`

const dayMs = 24 * 60 * 60 * 1000

class Misunderstood extends Error {}

const documentOf = (name: string | undefined): DocumentName => {
  const document = documentNames.find((each) => each === name)
  if (!document) throw new Misunderstood(`There is no document called ${name}.`)
  return document
}

/** A day of the calendar. `Date` would make another day of some that are none, such as 2027-02-30. */
function dateOf(name: string, given: string | undefined): string {
  const at = new Date(`${given}T00:00:00Z`)
  if (given === undefined || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== given)
    throw new Misunderstood(`${name} is a date of the calendar, written like 2027-03-01.`)
  return given
}

type Dates = { announced: string; effective: string; material: boolean }

/** Versions follow each other in time, and nothing binds anybody before it was announced. */
function checkDates({ announced, effective, material }: Dates, before: Version | undefined): void {
  if (effective < announced) throw new Misunderstood('It cannot be in force before it is announced.')
  if (material && Date.parse(effective) - Date.parse(announced) < noticeDays * dayMs)
    throw new Misunderstood(
      `A material change is in force ${noticeDays} days after it was announced, or later.`,
    )
  if (!before) return
  if (announced < before.announced)
    throw new Misunderstood(
      `Version ${before.version} was announced on ${before.announced}: the next one is not announced before.`,
    )
  if (effective < before.effective)
    throw new Misunderstood(
      `Version ${before.version} is in force on ${before.effective}: the next one is not in force before.`,
    )
}

function check(): number {
  const found = [...complaints(), ...complaintsAboutTexts()]
  for (const complaint of found) console.log(`${complaint}\n`)
  console.log(found.length === 0 ? 'The texts say what the program does.' : `${found.length} to be mended.`)
  return found.length === 0 ? 0 : 1
}

function makeNew(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      effective: { type: 'string' },
      announced: { type: 'string', default: new Date().toISOString().slice(0, 10) },
      summary: { type: 'string' },
      material: { type: 'boolean', default: false },
      editorial: { type: 'boolean', default: false },
    },
  })
  const document = documentOf(positionals[0])
  const { summary, material } = values
  const effective = dateOf('--effective', values.effective)
  const announced = dateOf('--announced', values.announced)
  if (!summary || summary.includes('\n')) throw new Misunderstood('--summary says in a line what changed.')
  if (material === values.editorial) throw new Misunderstood('Say either --material or --editorial.')
  const before = versionsOf(readVersions(), document).at(-1)
  checkDates({ announced, effective, material }, before)
  const text = compile(document, readWords())
  if (before?.text === text) throw new Misunderstood(`Version ${before.version} says the same already.`)
  const version = String(Number(before?.version ?? 0) + 1)
  const path = writeVersion({
    document,
    version,
    hash: hashOf(text),
    announced,
    effective,
    material,
    summary,
    text,
  })
  console.log(`Version ${version} is in ${path}, and in db/documents.ts.`)
  return 0
}

function showDifference([name, from, to]: string[]): number {
  const document = documentOf(name)
  const versions = versionsOf(readVersions(), document)
  const textOf = (version: string | undefined) => {
    if (version === 'now') return compile(document, readWords())
    const found = versions.find((each) => each.version === version)
    if (!found) throw new Misunderstood(`${document} has no version ${version}.`)
    return found.text
  }
  for (const change of changesBetween(textOf(from), textOf(to)))
    console.log(`${change.under}\n  ${changeText(change)}\n`)
  return 0
}

const [command = 'check', ...rest] = process.argv.slice(2)
try {
  if (command === 'check') process.exitCode = check()
  else if (command === 'new') process.exitCode = makeNew(rest)
  else if (['help', '--help', '-h'].includes(command)) console.log(help)
  else if (command === 'diff') process.exitCode = showDifference(rest)
  else throw new Misunderstood(`There is no command ${command}.`)
} catch (cause) {
  const misused =
    cause instanceof Misunderstood || (cause as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  if (!misused) throw cause
  console.error(`${(cause as Error).message}\n\n${help}`)
  process.exitCode = 2
}
