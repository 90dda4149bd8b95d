// Says which part of the pipeline a sampled function belongs to. Called by sections/profile.ts.

import { existsSync, readFileSync } from 'node:fs'
import type { Frame, IsolateProfile } from './inspector.ts'

export interface Share {
  group: string
  name: string
  source: string
  samples: number
  micros: number
}

/** First match wins, against the source file or the runtime's module, in the Worker's own isolate. */
const groups: [RegExp, string][] = [
  [/(^|\/)worker\/(crypto\/hmac|meta\/signature)/, 'http + hmac'],
  [/(^|\/)worker\/(crypto\/(seal|digest)|custody\/sealing)/, 'sealing'],
  [/(^|\/)worker\/custody\//, 'keeper'],
  [/(^|\/)worker\/inbound\/(intake|journal|frame|commit|shard)/, 'journal'],
  [/(^|\/)worker\/(inbound\/(plan|reading)|meta\/)/, 'planning'],
  [/(^|\/)worker\/inbound\/(receive|facts|write|counts|letters)/, 'draining'],
  [/(^|\/)worker\/(conversations|accounts|consent|audit)\//, 'rooms'],
  [/(^|\/)worker\/(live|relay)\//, 'feed + relay'],
  [/drizzle-orm|(^|\/)db\/|d1-api/, 'D1 client'],
  [/hono|(^|\/)worker\/(app|index|env|ground\/|inbound\/routes)/, 'http + hmac'],
  [/zod/, 'parsing'],
]

/** Isolates of miniflare's stores, by the prefix of their service name. */
const stores: [RegExp, string][] = [
  [/^d1:/, 'D1'],
  [/^kv:/, 'KV'],
  [/^queues?:/, 'queues'],
  [/^r2:/, 'R2'],
]

const states = new Map([
  ['(garbage collector)', 'garbage collector'],
  ['(program)', 'runtime'],
])

/** Bundlers write the file's name above its code: esbuild as a comment, rolldown as a region. */
const banner = /^\s*\/\/(?:#region)?\s+([\w@./-]+\.[cm]?[jt]sx?)\s*$/

const files = new WeakMap<IsolateProfile, Map<string, string[]>>()

/** As the inspector gives it, else from the build that the Worker was started from. */
function sourceOf(profile: IsolateProfile, url: string): string {
  const given = profile.sources.get(url)
  if (given !== undefined) return given
  const built = new URL(`../../dist/server/${url.replace(/^.*\/dist\/server\//, '')}`, import.meta.url)
  return existsSync(built) ? readFileSync(built, 'utf8') : ''
}

function fileOf(profile: IsolateProfile, frame: Frame): string {
  const known = files.get(profile) ?? new Map<string, string[]>()
  files.set(profile, known)
  let byLine = known.get(frame.url)
  if (!byLine) {
    let current = frame.url
    byLine = sourceOf(profile, frame.url)
      .split('\n')
      .map((line) => {
        current = banner.exec(line)?.[1] ?? current
        return current
      })
    known.set(frame.url, byLine)
  }
  return byLine[frame.line] ?? frame.url
}

const firstMatch = (rules: [RegExp, string][], text: string): string | undefined =>
  rules.find(([pattern]) => pattern.test(text))?.[1]

function groupOf(profile: IsolateProfile, frame: Frame, source: string): string {
  const store = firstMatch(stores, profile.isolate)
  if (store !== undefined) return store
  const state = states.get(frame.name)
  if (state !== undefined) return state
  if (!profile.isolate.startsWith('core:user:')) return 'miniflare'
  if (frame.url === '') return 'runtime'
  return firstMatch(groups, source) ?? 'other'
}

/**
 * The sampling interval that was kept, not quite the one asked for: that of the busiest isolate. Where samples
 * are sparse, the time between them is mostly that of other isolates.
 */
function commonInterval(profiles: IsolateProfile[]): number {
  const samplesOf = ({ frames }: IsolateProfile) => frames.reduce((sum, { samples }) => sum + samples, 0)
  return [...profiles].sort((a, b) => samplesOf(b) - samplesOf(a))[0]?.intervalMicros ?? 0
}

/** Self time by function over all isolates, idle time left out, biggest first. */
export function sharesOf(profiles: IsolateProfile[]): Share[] {
  const intervalMicros = commonInterval(profiles)
  const shares = new Map<string, Share>()
  for (const profile of profiles) {
    for (const frame of profile.frames) {
      if (frame.name === '(idle)' || frame.name === '(root)') continue
      const source = frame.url === '' ? profile.isolate : fileOf(profile, frame)
      const key = `${profile.isolate}|${source}|${frame.name}`
      const share = shares.get(key) ?? {
        group: groupOf(profile, frame, source),
        name: frame.name,
        source,
        samples: 0,
        micros: 0,
      }
      share.samples += frame.samples
      share.micros += frame.samples * intervalMicros
      shares.set(key, share)
    }
  }
  return [...shares.values()].sort((a, b) => b.micros - a.micros)
}
