// What the composer sends, as Meta wants it, and what it must look at first. Pure.

import { captionChars, count, textChars } from './attach.ts'
import type { Outgoing } from './types.ts'

export type Uploaded = { id: string; kind: string; mime: string; bytes: number; filename: string | null }

export function textMessage(text: string, replyTo?: string): Outgoing {
  const payload = { body: text, ...(/\bhttps?:\/\//.test(text) ? { preview_url: true } : {}) }
  return { type: 'text', payload, ...(replyTo === undefined ? {} : { replyTo }) }
}

/** The caption goes with the first file that can have one; what cannot have one has none. */
export function fileMessage(file: Uploaded, caption: string, replyTo?: string): Outgoing {
  const hasCaption = caption !== '' && ['image', 'video', 'document'].includes(file.kind)
  const payload = {
    ...(hasCaption ? { caption } : {}),
    ...(file.kind === 'document' && file.filename !== null ? { filename: file.filename } : {}),
  }
  return { type: file.kind, payload, mediaId: file.id, ...(replyTo === undefined ? {} : { replyTo }) }
}

export type Built =
  | { kind: 'buttons'; text: string; header: string; footer: string; buttons: string[] }
  | {
      kind: 'list'
      text: string
      header: string
      footer: string
      button: string
      rows: { title: string; description: string }[]
    }

/** What is wrong with it, by field; empty: nothing. Meta's bounds (send messages). */
export type BuiltFault = { field: string; reason: 'empty' | 'long' | 'twice'; max?: number }

export function faultsOf(built: Built): BuiltFault[] {
  const faults: BuiltFault[] = []
  const need = (field: string, value: string, max: number) => {
    if (value.trim() === '') faults.push({ field, reason: 'empty' })
    else bound(field, value, max)
  }
  const bound = (field: string, value: string, max: number) => {
    if (count(value) > max) faults.push({ field, reason: 'long', max })
  }
  const once = (field: string, values: string[]) => {
    for (const [i, value] of values.entries())
      if (value.trim() !== '' && values.indexOf(value) < i)
        faults.push({ field: `${field}${i}`, reason: 'twice' })
  }
  need('text', built.text, built.kind === 'list' ? 4096 : 1024)
  bound('header', built.header, 60)
  bound('footer', built.footer, 60)
  if (built.kind === 'buttons') {
    for (const [i, title] of built.buttons.entries()) need(`button${i}`, title, 20)
    once('button', built.buttons)
    return faults
  }
  need('button', built.button, 20)
  for (const [i, row] of built.rows.entries()) {
    need(`row${i}`, row.title, 24)
    bound(`description${i}`, row.description, 72)
  }
  once(
    'row',
    built.rows.map(({ title }) => title),
  )
  return faults
}

export function builtMessage(built: Built, replyTo?: string): Outgoing {
  const frame = {
    ...(built.header.trim() === '' ? {} : { header: { type: 'text', text: built.header.trim() } }),
    body: { text: built.text },
    ...(built.footer.trim() === '' ? {} : { footer: { text: built.footer.trim() } }),
  }
  const action =
    built.kind === 'buttons'
      ? {
          buttons: built.buttons.map((title, i) => ({
            type: 'reply',
            reply: { id: `button-${i + 1}`, title: title.trim() },
          })),
        }
      : {
          button: built.button.trim(),
          sections: [
            {
              rows: built.rows.map(({ title, description }, i) => ({
                id: `row-${i + 1}`,
                title: title.trim(),
                ...(description.trim() === '' ? {} : { description: description.trim() }),
              })),
            },
          ],
        }
  const payload = { type: built.kind === 'buttons' ? 'button' : 'list', ...frame, action }
  return { type: 'interactive', payload, ...(replyTo === undefined ? {} : { replyTo }) }
}

/** What the API will say a person reads of it: a send and its message are matched by it. */
export function readableOf({ type, payload }: Outgoing): string | null {
  const part = payload as Record<string, unknown>
  if (type === 'text') return String(part.body)
  if (type === 'interactive') return (part.body as { text: string }).text
  if (type === 'template') return String(part.name)
  return (part.caption ?? part.filename ?? null) as string | null
}

export type TextFault = { max: number; over: number }
/** Undefined when it may be sent. */
export function tooLong(text: string, isCaption: boolean): TextFault | undefined {
  const max = isCaption ? captionChars : textChars
  const over = count(text) - max
  return over > 0 ? { max, over } : undefined
}
