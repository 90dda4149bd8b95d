// A button that opens a list of things to do. Arrows walk, a letter jumps, Escape closes and gives the focus back.

import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'

export type MenuItem = {
  label: ComponentChildren
  onSelect: () => void
  danger?: boolean
  disabled?: boolean
  icon?: IconName
  /** It is the one that is chosen. */
  checked?: boolean
}

type MenuProps = {
  /** What the button is called; shown when there is nothing else to show. */
  label: string
  items: MenuItem[]
  icon?: IconName
  /** Shown on the button instead of the label. */
  children?: ComponentChildren
  class?: string
}

/** Beside its button, and inside of the window. */
function place(list: HTMLElement, button: HTMLElement): void {
  const { top, bottom, left, right } = button.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = list
  const rtl = getComputedStyle(button).direction === 'rtl'
  const wanted = (rtl ? left + width > innerWidth : left + width <= innerWidth - 8) ? left : right - width
  const below = bottom + 4 + height <= innerHeight || top < height
  list.style.left = `${Math.max(8, Math.min(wanted, innerWidth - width - 8))}px`
  list.style.top = `${below ? bottom + 4 : top - height - 4}px`
}

const itemsIn = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>('[role^=menuitem]:not([aria-disabled=true])') ?? []),
]

function walk(list: HTMLElement | null, key: string): boolean {
  const items = itemsIn(list)
  const at = items.indexOf(document.activeElement as HTMLElement)
  const to = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at <= 0 ? items.length : at) - 1,
    Home: 0,
    End: items.length - 1,
  }[key]
  if (to !== undefined) items[to]?.focus()
  else if (key.length === 1)
    [...items.slice(at + 1), ...items]
      .find((item) => item.innerText.trim().toLowerCase().startsWith(key.toLowerCase()))
      ?.focus()
  return to !== undefined
}

export function Menu({ label, items, icon, children, class: more = '' }: MenuProps) {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  // Before the next key, as in focusOn.
  useLayoutEffect(() => {
    const shown = list.current
    if (!open || !shown || !button.current) return
    shown.showPopover()
    place(shown, button.current)
    itemsIn(shown)[0]?.focus()
    const away = ({ target, type }: Event) => {
      const node = target instanceof Node ? target : undefined
      const inside = shown.contains(node ?? null) || button.current?.contains(node ?? null)
      // What scrolls elsewhere moves nothing here: a message that comes must not close a menu.
      const still = type === 'scroll' && node && !node.contains(button.current)
      if (!inside && !still) setOpen(false)
    }
    const events = ['pointerdown', 'resize', 'focusin'] as const
    for (const name of events) addEventListener(name, away, true)
    // What was scrolled before it opened is told with the next frame.
    const frame = requestAnimationFrame(() => addEventListener('scroll', away, true))
    return () => {
      cancelAnimationFrame(frame)
      for (const name of [...events, 'scroll']) removeEventListener(name, away, true)
    }
  }, [open])
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  const alone = icon !== undefined && children === undefined
  return (
    <div class={`menu ${more}`}>
      <button
        ref={button}
        type="button"
        class={`press ${icon ? 'quiet' : 'plain'}${alone ? ' alone' : ''}`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={alone || children ? label : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || open) return
          event.preventDefault()
          setOpen(true)
        }}
      >
        {icon && <Icon name={icon} />}
        {children ?? (icon ? undefined : label)}
        {!alone && <Icon name="chevron" size={16} />}
      </button>
      {open && (
        <List id={id} label={label} items={items} inside={list} close={close} leave={() => setOpen(false)} />
      )}
    </div>
  )
}

type ListProps = {
  id: string
  label: string
  items: MenuItem[]
  inside: { current: HTMLDivElement | null }
  close: () => void
  leave: () => void
}

const List = ({ id, label, items, inside, close, leave }: ListProps) => (
  <div
    ref={inside}
    id={id}
    role="menu"
    tabIndex={-1}
    popover="manual"
    aria-label={label}
    onKeyDown={(event) => {
      if (event.key === 'Escape') close()
      else if (event.key === 'Tab') return leave()
      else if (!walk(inside.current, event.key)) return
      event.preventDefault()
      event.stopPropagation()
    }}
  >
    {items.map(({ label: text, onSelect, danger, disabled, icon, checked }, at) => (
      <button
        key={at}
        type="button"
        role={checked === undefined ? 'menuitem' : 'menuitemradio'}
        {...(checked === undefined ? {} : { 'aria-checked': checked })}
        tabIndex={-1}
        class={danger ? 'danger' : undefined}
        aria-disabled={disabled ? 'true' : undefined}
        onClick={() => {
          if (disabled) return
          close()
          onSelect()
        }}
      >
        {icon && <Icon name={icon} size={18} />}
        <span>{text}</span>
        {checked && <Icon name="check" size={18} />}
      </button>
    ))}
  </div>
)
