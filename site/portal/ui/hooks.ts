// What screens share beside their looks: loading, the title of the tab, keys of the keyboard.

import { signal } from '@preact/signals'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Problem, Result } from '../client.ts'
import { service } from '../words/shell.ts'

export type Resource<T> = {
  state: 'loading' | 'ready' | 'failed'
  data: T | undefined
  problem: Problem | undefined
  /** Loads again; what is shown stays meanwhile. */
  reload: () => Promise<void>
  /** Shows something else until the next load: for what was just changed. */
  set: (change: (data: T) => T) => void
}

type Held<T> = { state: Resource<T>['state']; data?: T | undefined; problem?: Problem | undefined }

/**
 * Loads when it is first shown and whenever `deps` change. An answer that was overtaken by a newer one is dropped; a reload
 * that fails leaves what is there.
 */
export function useResource<T>(load: () => Promise<Result<T>>, deps: unknown[]): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({ state: 'loading' })
  const latest = useRef(load)
  latest.current = load
  const turn = useRef(0)
  const reload = useCallback(async () => {
    const mine = ++turn.current
    const answer = await latest.current()
    if (mine !== turn.current) return
    if (answer.ok) setHeld({ state: 'ready', data: answer.data })
    else
      setHeld((before) =>
        before.state === 'ready' && answer.problem.status !== 404
          ? before
          : { state: 'failed', problem: answer.problem },
      )
  }, [])
  useEffect(() => {
    setHeld({ state: 'loading' })
    void reload()
    return () => {
      turn.current += 1
    }
  }, deps)
  const set = useCallback((change: (data: T) => T) => {
    setHeld((before) => (before.state === 'ready' ? { ...before, data: change(before.data as T) } : before))
  }, [])
  return { state: held.state, data: held.data, problem: held.problem, reload, set }
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – ${service}`
  }, [title])
}

export type Shortcut = {
  /** `?`, `j`, `g i` (one after the other), `mod+k` (Control, or Command), `Escape`. */
  keys: string
  label: string
  /** What it belongs to in the help. */
  group: string
  run: (event: KeyboardEvent) => void
  /** Also while something is being typed. */
  always?: boolean
}

/** What is in force now, for the help. */
export const shortcuts = signal<Shortcut[]>([])

/** Takes these keys while it is shown. The newest that knows a key has it. */
export function useShortcuts(own: Shortcut[]): void {
  const latest = useRef(own)
  latest.current = own
  useEffect(() => {
    const mine = latest.current.map((shortcut, at) => ({
      ...shortcut,
      run: (event: KeyboardEvent) => latest.current[at]?.run(event),
    }))
    shortcuts.value = [...shortcuts.value, ...mine]
    return () => {
      shortcuts.value = shortcuts.value.filter((one) => !mine.includes(one))
    }
  }, [])
}

const chordMs = 1_200
let first: { key: string; at: number } | undefined

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const key = event.ctrlKey || event.metaKey ? `mod+${event.key.toLowerCase()}` : event.key
  const chord = first && Date.now() - first.at < chordMs ? `${first.key} ${key}` : undefined
  const typing = isTyping(event.target)
  const dialog = document.querySelector('dialog[open]') !== null
  const usable = shortcuts.value.filter(({ always }) => (!typing && !dialog) || always)
  const found = usable.findLast(({ keys }) => keys === chord) ?? usable.findLast(({ keys }) => keys === key)
  first = undefined
  if (found) {
    event.preventDefault()
    found.run(event)
  } else if (usable.some(({ keys }) => keys.startsWith(`${key} `))) first = { key, at: Date.now() }
}

/** Once for a page. */
export const listenForKeys = (): void => addEventListener('keydown', press)

/**
 * To the field of this id, also when it is only now being drawn, and before the next key: people type on at once, and a letter
 * that meets no field is lost or taken for a shortcut.
 */
export function focusOn(id: string): void {
  const look = () => document.getElementById(id)?.focus()
  look()
  // Preact draws what has changed in a microtask of its own, which was asked for before this one.
  if (document.activeElement?.id !== id) queueMicrotask(look)
}
