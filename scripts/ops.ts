// `npm run ops -- COMMAND`: what an operator does about deletions, over the operator's doors of a gateway. Exit code 0:
// done. 1: refused, or something was found that should not be. 2: not understood.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../worker/ground/limits.ts'
import { Complaint, type Door, openDoor } from './ops-door.ts'
import { type ListedId, parseIds } from './ops-ids.ts'

const help = `npm run ops -- COMMAND

  import-meta-deletions FILE          one deletion for each id of Meta's downloaded list: one id on a line, CSV, or a
                                      JSON list. Lines that are no id are reported, the rest is imported. Importing a
                                      file again opens nothing. Codes are written to FILE.codes.csv
  watch CODE                          follow a deletion from request to receipt
  residue CODE                        search every place again for what the deletion should have left nowhere
  verify-receipt FILE [--jwks FILE]   check a receipt; with --jwks without the network
  block CODE REASON REVIEWER ENDS     stop a deletion: legal_hold, dispute or suspected_takeover; who reviews it (a role,
                                      no name); until when (2031-05-06 or an instant), at most ninety days ahead
  unblock CODE                        let it go on
  hold ACCOUNT SUBJECT REASON REVIEWER ENDS
                                      the same beforehand: no deletion of this contact, member or account erases anything
  release ACCOUNT SUBJECT             end such holds
  turn-epoch ACCOUNT                  make destroyed keys of an account underivable now

The gateway is that of npm start on this machine. For another: GATEWAY=https://… OPERATOR_KEY=… npm run ops -- …`

const say = (line = '') => console.log(line)
const codePath = (code: string) => `/api/v1/operator/deletions/${encodeURIComponent(code)}`

type Command = { takes: string[]; run: (args: string[]) => Promise<number> }

const commands: Record<string, Command> = {
  'import-meta-deletions': { takes: ['FILE'], run: ([file]) => importIds(file as string) },
  watch: { takes: ['CODE'], run: ([code]) => watch(code as string) },
  residue: { takes: ['CODE'], run: ([code]) => residue(code as string) },
  'verify-receipt': { takes: ['FILE'], run: ([file, jwks]) => verifyReceipt(file as string, jwks) },
  block: { takes: ['CODE', 'REASON', 'REVIEWER', 'ENDS'], run: block },
  unblock: { takes: ['CODE'], run: ([code]) => unblock(code as string) },
  hold: { takes: ['ACCOUNT', 'SUBJECT', 'REASON', 'REVIEWER', 'ENDS'], run: hold },
  release: {
    takes: ['ACCOUNT', 'SUBJECT'],
    run: ([account, subject]) => release(account as string, subject as string),
  },
  'turn-epoch': { takes: ['ACCOUNT'], run: ([account]) => turnEpoch(account as string) },
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new Complaint(`${file} cannot be read.`, 2)
  }
}

async function importIds(file: string): Promise<number> {
  const { ids, bad } = parseIds(readText(file))
  if (ids.length === 0 && bad.length === 0) throw new Complaint(`${file} holds no ids.`)
  const door = openDoor()
  const counts = { requested: 0, known: 0 }
  const codes = `${file}.codes.csv`
  const rows = ['line,code,state']
  for (let from = 0; from < ids.length; from += limits.importIds) {
    const batch = ids.slice(from, from + limits.importIds)
    for (const [i, { code, known }] of (await importBatch(door, batch)).entries()) {
      counts[known ? 'known' : 'requested'] += 1
      rows.push(`${batch[i]?.line},${code},${known ? 'known' : 'requested'}`)
    }
    // After each batch: what was opened keeps its code if the next one fails.
    writeFileSync(codes, `${rows.join('\n')}\n`, { mode: 0o600 })
    say(`  ${Math.min(from + limits.importIds, ids.length)} of ${ids.length}`)
  }
  say(
    `\n  requested       ${counts.requested}\n  already known   ${counts.known}\n  refused         ${bad.length}`,
  )
  if (ids.length > 0) say(`\nCodes: ${codes}`)
  for (const { line, why } of bad) console.error(`line ${line}: ${why}`)
  return bad.length > 0 ? 1 : 0
}

async function importBatch(door: Door, batch: ListedId[]): Promise<{ code: string; known: boolean }[]> {
  const body = { ids: batch.map(({ id }) => id) }
  const path = '/api/v1/operator/meta-deletions'
  return (await door.call<{ data: { code: string; known: boolean }[] }>('POST', path, body)).data
}

type Counts = Record<string, number>

function addCounts(into: Counts, more: Counts): void {
  for (const [place, count] of Object.entries(more)) into[place] = (into[place] ?? 0) + count
}

async function residue(code: string): Promise<number> {
  const door = openDoor()
  const searched: Counts = {}
  const found: Counts = {}
  for (let after = ''; ; ) {
    const part = await door.call<{ searched: Counts; found: Counts; next: string | null }>(
      'POST',
      `${codePath(code)}/residue${after === '' ? '' : `?after=${after}`}`,
    )
    addCounts(searched, part.searched)
    addCounts(found, part.found)
    if (part.next === null) break
    after = part.next
  }
  const width = Math.max(5, ...Object.keys(searched).map((place) => place.length))
  say(`  ${'place'.padEnd(width)}  searched  found`)
  for (const place of [...new Set([...Object.keys(searched), ...Object.keys(found)])].sort())
    say(
      `  ${place.padEnd(width)}  ${String(searched[place] ?? 0).padStart(8)}  ${String(found[place] ?? 0).padStart(5)}`,
    )
  const remains = Object.values(found).reduce((sum, count) => sum + count, 0)
  say(remains === 0 ? '\nNothing was found.' : `\nFOUND: ${remains} remains.`)
  return remains === 0 ? 0 : 1
}

async function verifyReceipt(file: string, jwksFile: string | undefined): Promise<number> {
  readText(file)
  const dir = mkdtempSync(join(tmpdir(), 'softivum-jwks-'))
  try {
    const jwks = jwksFile ?? join(dir, 'jwks.json')
    if (jwksFile === undefined) {
      const keys = await openDoor().call<unknown>('GET', '/.well-known/jwks.json', undefined, false)
      writeFileSync(jwks, JSON.stringify(keys))
    } else readText(jwks)
    const script = join(import.meta.dirname, '../docs/verify-receipt.mjs')
    return spawnSync(process.execPath, [script, file, jwks], { stdio: 'inherit' }).status ?? 1
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function block([code, reason, reviewer, ends]: string[]): Promise<number> {
  const endsAt = new Date(ends as string)
  if (Number.isNaN(endsAt.getTime()))
    throw new Complaint('ENDS must be a date or an instant, as 2031-05-06.', 2)
  const body = { reason, reviewer, endsAt: endsAt.toISOString() }
  await openDoor().call('POST', `${codePath(code as string)}/blocks`, body)
  say(`Blocked until ${body.endsAt}.`)
  return 0
}

async function hold([account, subject, reason, reviewer, ends]: string[]): Promise<number> {
  const endsAt = new Date(ends as string)
  if (Number.isNaN(endsAt.getTime()))
    throw new Complaint('ENDS must be a date or an instant, as 2031-05-06.', 2)
  const body = { subjectId: subject, reason, reviewer, endsAt: endsAt.toISOString() }
  await openDoor().call(
    'POST',
    `/api/v1/operator/accounts/${encodeURIComponent(account as string)}/holds`,
    body,
  )
  say(`Nothing of ${subject} is erased until ${body.endsAt}.`)
  return 0
}

async function release(account: string, subject: string): Promise<number> {
  const path = `/api/v1/operator/accounts/${encodeURIComponent(account)}/holds`
  await openDoor().call('DELETE', `${path}?subjectId=${encodeURIComponent(subject)}`)
  say('Nothing holds it any more.')
  return 0
}

async function unblock(code: string): Promise<number> {
  await openDoor().call('DELETE', `${codePath(code)}/blocks`)
  say('Nothing stops it any more.')
  return 0
}

async function turnEpoch(account: string): Promise<number> {
  const path = `/api/v1/operator/accounts/${encodeURIComponent(account)}/epoch`
  const { trees, keys } = await openDoor().call<{ trees: number; keys: number }>('POST', path)
  say(`Turned: ${trees} trees, ${keys} keys taken out of KV.`)
  return 0
}

type Status = {
  scope: string
  state: string
  coolingUntil?: string | null
  goneBy: string | null
  blocks?: { reason: string; reviewer: string; endsAt: string }[]
  steps: { name: string; state: string; counts: Counts }[]
}

/** Looks every second, and says what has changed, until there is a receipt or nothing more can come. */
async function watch(code: string): Promise<number> {
  const door = openDoor()
  const path = `/api/v1/public/deletions/${encodeURIComponent(code)}`
  const told = new Set<string>()
  const once = (line: string) => {
    if (!told.has(line)) say(line)
    told.add(line)
  }
  for (;;) {
    const status = await door.call<Status>('GET', path, undefined, false)
    tell(status, once)
    if (status.state === 'cancelled') return 1
    if (['erased', 'completed'].includes(status.state)) break
    await sleep(1000)
  }
  const receipts = `${door.gateway}${path}/receipts`
  say(`\nThe receipt: ${receipts}`)
  say(
    `To check it:\n  curl -s ${receipts} > .local/receipt.json\n  npm run ops -- verify-receipt .local/receipt.json`,
  )
  return 0
}

function tell(status: Status, once: (line: string) => void): void {
  const until = status.state === 'cooling_off' && status.coolingUntil ? ` until ${status.coolingUntil}` : ''
  once(`${status.scope.replace('_', ' ')}: ${status.state.replaceAll('_', ' ')}${until}`)
  for (const { reason, reviewer, endsAt } of status.blocks ?? [])
    once(`  blocked: ${reason}, reviewed by ${reviewer}, until ${endsAt}`)
  for (const { name, state, counts } of status.steps) {
    if (state === 'pending' || state === 'running') continue
    const what = Object.entries(counts).map(([place, count]) => `${place} ${count}`)
    once(`  ${name.padEnd(12)} ${state.replaceAll('_', ' ')}${what.length > 0 ? `: ${what.join(', ')}` : ''}`)
  }
  if (status.goneBy) once(`  gone from every backup by ${status.goneBy}`)
}

/** `--jwks FILE` may stand anywhere and belongs to verify-receipt alone. */
function argumentsOf(given: string[]): { name: string | undefined; args: string[]; jwks: string[] } {
  const at = given.indexOf('--jwks')
  const jwks = at < 0 ? [] : given.slice(at + 1, at + 2)
  const [name, ...args] = at < 0 ? given : given.toSpliced(at, 2)
  if (at >= 0 && (name !== 'verify-receipt' || jwks.length === 0)) throw new Complaint(help, 2)
  return { name, args, jwks }
}

async function main(given: string[]): Promise<number> {
  const { name, args, jwks } = argumentsOf(given)
  if (name === undefined || ['help', '--help', '-h'].includes(name)) {
    say(help)
    return name === undefined ? 2 : 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new Complaint(`There is no command ${name}.\n\n${help}`, 2)
  if (args.length !== command.takes.length)
    throw new Complaint(`npm run ops -- ${name} ${command.takes.join(' ')}`, 2)
  return command.run([...args, ...jwks])
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = cause instanceof Complaint ? cause.exitCode : 1
}
