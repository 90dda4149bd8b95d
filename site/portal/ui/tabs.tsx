// A few views of one thing. Arrows walk between them.

import { useRef } from 'preact/hooks'

type TabsProps<Id extends string> = {
  tabs: { id: Id; label: string; count?: string }[]
  value: Id
  onChange: (id: Id) => void
  label?: string
}

export function Tabs<Id extends string>({ tabs, value, onChange, label }: TabsProps<Id>) {
  const ref = useRef<HTMLDivElement>(null)
  const go = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === value)
    const rtl = ref.current !== null && getComputedStyle(ref.current).direction === 'rtl'
    const on = rtl ? -1 : 1
    const to = { ArrowRight: at + on, ArrowLeft: at - on, Home: 0, End: tabs.length - 1 }[event.key]
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length]
    if (!next) return
    event.preventDefault()
    onChange(next.id)
    ref.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus()
  }
  return (
    <div ref={ref} class="tabs" role="tablist" aria-label={label} tabIndex={-1} onKeyDown={go}>
      {tabs.map(({ id, label: text, count }) => (
        <button
          key={id}
          type="button"
          role="tab"
          data-tab={id}
          aria-selected={id === value}
          tabIndex={id === value ? 0 : -1}
          onClick={() => onChange(id)}
        >
          {text}
          {count && <span class="count">{count}</span>}
        </button>
      ))}
    </div>
  )
}
