// The browser's own dialog: it keeps the focus, closes with Escape, and gives the focus back.

import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { common } from '../words/shell.ts'
import { Button } from './button.tsx'

type DialogProps = {
  title: string
  open: boolean
  onClose: () => void
  children: ComponentChildren
  /** Buttons at its foot; the last is the one that is meant. */
  actions?: ComponentChildren
  /** Two columns wide. */
  wide?: boolean
  /** Turns the inside into a form: Enter does it. */
  onSubmit?: () => void
}

export function Dialog({ title, open, onClose, children, actions, wide = false, onSubmit }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Before the next key, as in focusOn: what is typed at once belongs to what was opened.
  useLayoutEffect(() => {
    const dialog = ref.current
    if (!open || !dialog) return
    const before = document.activeElement
    if (!dialog.open) dialog.showModal()
    // What is to be filled in, else what is to be pressed: never the cross first.
    dialog.querySelector<HTMLElement>('.inside :is(input, select, textarea), footer button')?.focus()
    return () => {
      dialog.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [open])
  if (!open) return null
  const inside = (
    <>
      <header>
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" icon="close" aria-label={common.close} onClick={onClose} />
      </header>
      <div class="inside">{children}</div>
      {actions && <footer>{actions}</footer>}
    </>
  )
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a press beside it closes it, as Escape does.
    <dialog
      ref={ref}
      class={wide ? 'wide' : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose()
      }}
    >
      {onSubmit ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            onSubmit()
          }}
        >
          {inside}
        </form>
      ) : (
        <div>{inside}</div>
      )}
    </dialog>
  )
}
