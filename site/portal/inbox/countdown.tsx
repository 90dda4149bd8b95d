// The 24 hours, counting. Part of composer.tsx.

import { useEffect, useState } from 'preact/hooks'
import { duration } from '../format.ts'
import * as words from '../words/inbox.ts'
import { nextTickMs, type Window, windowNow } from './countdown.ts'
import { Mark } from './icons.tsx'

/** Keeps up by itself, to the moment at which it closes. */
export function useWindow(windowClosesAt: string | null): Window {
  const [now, setNow] = useState(Date.now())
  const window = windowNow(windowClosesAt, Math.max(now, Date.now()))
  useEffect(() => {
    const ms = nextTickMs(windowNow(windowClosesAt, Date.now()))
    if (ms === undefined) return
    const timer = setTimeout(() => setNow(Date.now()), ms + 20)
    return () => clearTimeout(timer)
  }, [windowClosesAt, now])
  return window
}

export function Countdown({ window }: { window: Window }) {
  if (window.state === 'closed') return null
  const left = duration(window.leftMs)
  return (
    <p class={`countdown ${window.isShort ? 'short' : ''}`} title={words.composer.left(left)}>
      <Mark name="clock" size={16} /> {words.composer.leftShort(left)}
    </p>
  )
}
