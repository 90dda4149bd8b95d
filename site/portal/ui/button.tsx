// What is pressed. A button with an address is a link that looks like one.

import type { ComponentChildren, ComponentProps } from 'preact'
import { common } from '../words/shell.ts'
import { Icon, type IconName } from './icon.tsx'

type Look = {
  /** `main`: the one thing a page is for. `plain`: whatever else. `quiet`: without an edge, beside many others. */
  kind?: 'main' | 'plain' | 'danger' | 'quiet'
  /** Waits: it is not pressed twice, and keeps its width. */
  busy?: boolean
  icon?: IconName
  children?: ComponentChildren
}
type ButtonProps = Look & ComponentProps<'button'>

const classOf = (kind: string, more: unknown, alone: boolean) =>
  `press ${kind}${alone ? ' alone' : ''}${typeof more === 'string' ? ` ${more}` : ''}`

export function Button({
  kind = 'plain',
  busy = false,
  icon,
  children,
  class: more,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={classOf(kind, more, children === undefined)}
      aria-disabled={busy ? 'true' : rest['aria-disabled']}
      aria-busy={busy ? 'true' : undefined}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {icon && <Icon name={icon} size={18} />}
      {children}
      {busy && <span class="unseen">{common.busy}</span>}
    </button>
  )
}

export function LinkButton({
  kind = 'plain',
  icon,
  children,
  class: more,
  busy: _,
  ...rest
}: Look & ComponentProps<'a'>) {
  return (
    <a {...rest} class={classOf(kind, more, children === undefined)}>
      {icon && <Icon name={icon} size={18} />}
      {children}
    </a>
  )
}
