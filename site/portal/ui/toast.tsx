// Words that come and go: what was done, and the way back. Shown by mount.tsx, called from anywhere.

import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { common } from '../words/shell.ts'
import { Button } from './button.tsx'

type Toast = { id: number; text: string; tone?: 'bad'; undo?: () => void; gone?: () => void }

const shown = signal<Toast[]>([])
let next = 0

const shortMs = 6_000
const mostAtOnce = 3

/** Says what was done. `undo` is the way back, and stands for a while. */
export function toast({ text, undo, tone }: { text: string; undo?: () => void; tone?: 'bad' }): void {
  show({ id: next++, text, ...(undo ? { undo } : {}), ...(tone ? { tone } : {}) })
}

/**
 * For what the server cannot take back: it is done only once the way back has gone, and at once when the page goes.
 * `act` must not wait for anything before it sends.
 */
export function later({ text, act, undo }: { text: string; act: () => void; undo: () => void }): void {
  let over = false
  const finish = (what: () => void) => () => {
    if (over) return
    over = true
    removeEventListener('pagehide', leave)
    what()
  }
  const leave = finish(act)
  addEventListener('pagehide', leave)
  show({ id: next++, text, undo: finish(undo), gone: leave })
}

function show(one: Toast): void {
  const all = [...shown.value, one]
  for (const old of all.slice(0, -mostAtOnce)) old.gone?.()
  shown.value = all.slice(-mostAtOnce)
}

function drop(one: Toast, act?: () => void): void {
  shown.value = shown.value.filter(({ id }) => id !== one.id)
  act?.()
}

export function Toasts() {
  return (
    <section class="toasts" role="status" aria-live="polite">
      {shown.value.map((one) => (
        <One key={one.id} one={one} />
      ))}
    </section>
  )
}

function One({ one }: { one: Toast }) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const until = setInterval(() => {
      // Whoever is about to press it is given the time.
      if (!ref.current?.matches(':hover, :focus-within')) drop(one, one.gone)
    }, shortMs)
    return () => clearInterval(until)
  }, [one])
  return (
    <div ref={ref} class={`toast ${one.tone ?? ''}`}>
      <p>{one.text}</p>
      {one.undo && (
        <Button kind="quiet" onClick={() => drop(one, one.undo)}>
          {common.undo}
        </Button>
      )}
      <Button kind="quiet" icon="close" aria-label={common.dismiss} onClick={() => drop(one, one.gone)} />
    </div>
  )
}
