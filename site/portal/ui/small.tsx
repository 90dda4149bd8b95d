// Small things that are shown: badges, faces, instants, progress, a line of numbers.

import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { fullTime, number, relative as relativeTime, shortTime } from '../format.ts'
import { common } from '../words/shell.ts'

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info'

export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ComponentChildren }) => (
  <span class={`badge ${tone}`}>{children}</span>
)

const tints = 6

/** The same face for the same id, always: a tint and the first letters of the name. Says nothing: the name stands beside it. */
export function Avatar({ name, id, size }: { name: string | null; id: string; size?: 's' | 'm' | 'l' }) {
  let sum = 0
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0
  const words = (name ?? '').split(/[\s@.]+/).filter((word) => /^\p{L}/u.test(word))
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) =>
    word ? ([...word][0] ?? '') : '',
  )
  // Drawn by the stylesheet: it is no part of what stands beside it.
  return (
    <span
      class={`avatar tint-${sum % tints} ${size ?? 'm'}`}
      data-letters={letters.join('').toLocaleUpperCase() || '•'}
      aria-hidden="true"
    />
  )
}

const tickMs = 30_000

/** An instant, in full on asking. A relative one keeps up by itself. */
export function Time({ at, relative = false }: { at: string | number; relative?: boolean }) {
  const [, turn] = useState(0)
  useEffect(() => {
    if (!relative) return
    const timer = setInterval(() => turn((n) => n + 1), tickMs)
    return () => clearInterval(timer)
  }, [relative])
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {relative ? relativeTime(at) : shortTime(at)}
    </time>
  )
}

type ProgressProps = { value: number; max: number; label: string }

export const Progress = ({ value, max, label }: ProgressProps) => (
  <div class="progress">
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
      tabIndex={-1}
    >
      <span style={{ inlineSize: `${max > 0 ? Math.min(100, (100 * value) / max) : 0}%` }} />
    </div>
  </div>
)

/** Bars for the eye, a table for assistive technology. */
export function Spark({ points, label }: { points: { label: string; value: number }[]; label: string }) {
  const most = Math.max(1, ...points.map(({ value }) => value))
  return (
    <figure class="spark">
      <div aria-hidden="true">
        {points.map((point) => (
          <span
            key={point.label}
            title={`${point.label}: ${number(point.value)}`}
            style={{ blockSize: `${Math.max(2, (100 * point.value) / most)}%` }}
          />
        ))}
      </div>
      <table class="unseen">
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{common.table.label}</th>
            <th scope="col">{common.table.value}</th>
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.label}>
              <th scope="row">{point.label}</th>
              <td>{number(point.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
