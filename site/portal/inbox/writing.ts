// What both fields of the composer share. Part of composer.tsx and message-form.tsx.

import { useLayoutEffect, useRef } from 'preact/hooks'

/** As high as its text, up to a third of the window. */
export function useHeight(text: string) {
  const area = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const element = area.current
    if (!element) return
    element.style.blockSize = 'auto'
    element.style.blockSize = `${Math.min(element.scrollHeight + 2, innerHeight / 3)}px`
  }, [text])
  return area
}

/** Out of what is being written; a second Escape leaves the conversation. */
export function escaped(event: KeyboardEvent): boolean {
  if (event.key !== 'Escape') return false
  document.querySelector<HTMLElement>('.messages')?.focus()
  return true
}

/** Enter sends; with Shift it begins a line. On a phone Enter begins a line, and a press sends. */
export const isSend = (event: KeyboardEvent): boolean => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return false
  return event.ctrlKey || event.metaKey || matchMedia('(pointer: fine)').matches
}
