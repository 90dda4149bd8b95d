// Emoji to pick from: by group, or by a word. Loaded when it is first opened; its list is our own and small.

import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import * as words from '../words/inbox.ts'
import { groups } from './emoji-list.ts'

export function Emoji({ onPick }: { onPick: (emoji: string) => void }) {
  const [q, setQ] = useState('')
  const search = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => search.current?.focus(), [])
  const shown = useMemo(() => {
    const wanted = q.trim().toLowerCase()
    return groups
      .map(({ name, all }) => ({ name, all: all.filter(([, names]) => names.includes(wanted)) }))
      .filter(({ all }) => all.length > 0)
  }, [q])
  return (
    <div class="emoji">
      <input
        ref={search}
        type="search"
        aria-label={words.emoji.search}
        placeholder={words.emoji.search}
        value={q}
        onInput={(event) => setQ(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          const first = shown[0]?.all[0]
          if (first) onPick(first[0])
        }}
      />
      <section
        class="emoji-groups"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard.
        tabIndex={0}
        aria-label={words.emoji.title}
        onKeyDown={walk}
      >
        {shown.length === 0 && <p class="small">{words.emoji.none}</p>}
        {shown.map(({ name, all }) => (
          <section key={name} aria-label={name}>
            <h3 class="small">{name}</h3>
            <div class="emoji-row">
              {all.map(([emoji, names]) => (
                <button
                  key={emoji}
                  type="button"
                  title={names}
                  aria-label={`${emoji} ${names.split(' ').slice(0, 2).join(' ')}`}
                  onClick={() => onPick(emoji)}
                >
                  {emoji}
                </button>
              ))}
            </div>
          </section>
        ))}
      </section>
    </div>
  )
}

/** Arrows walk from one to the next. */
function walk(event: KeyboardEvent): void {
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key]
  if (by === undefined) return
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button')]
  const at = all.indexOf(document.activeElement as HTMLElement)
  all[Math.max(0, Math.min(all.length - 1, at + by))]?.focus()
  event.preventDefault()
  event.stopPropagation()
}
