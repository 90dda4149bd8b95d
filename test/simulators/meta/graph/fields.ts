// Field selection (`fields=a,b{c},d.limit(3)`) and paged lists as Graph answers them.
// Called by the node and list handlers. Source: Meta’s documentation; `paging.next` carries the
// caller's access token in its query, as Meta's really does, so a proxy that passes it on leaks it.

import { refusal } from '../errors.ts'
import type { Json } from '../state.ts'
import { type Call, param } from './call.ts'

export type Field = { name: string; args: Record<string, string>; inner: string | null }

function splitTop(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const char of text) {
    if (char === '{' || char === '(' || char === '[') depth += 1
    if (char === '}' || char === ')' || char === ']') depth -= 1
    if (char === ',' && depth === 0) {
      parts.push(part)
      part = ''
    } else part += char
  }
  parts.push(part)
  return parts.map((one) => one.trim()).filter((one) => one !== '')
}

function parseFields(text: string): Field[] {
  return splitTop(text).map((part) => {
    const [, name = '', rest = '', inner] =
      /^([A-Za-z_0-9]+)((?:\.[a-z_]+\([^)]*\))*)(?:\{(.*)\})?$/s.exec(part) ?? []
    if (name === '')
      throw refusal(2500, undefined, {
        message: `Syntax error "Expected end of string instead of "${part}"." at character 0: ${part}`,
      })
    const args = Object.fromEntries(
      [...rest.matchAll(/\.([a-z_]+)\(([^)]*)\)/g)].map(([, key = '', value = '']) => [key, value]),
    )
    return { name, args, inner: inner ?? null }
  })
}

export type Source = Record<string, unknown | ((field: Field) => unknown)>

/** The asked fields (or the usual ones) plus `id`. A field that the node does not have is refused. */
export function select(source: Source, asked: string | undefined, usual: string[], nodeType: string): Json {
  const fields =
    asked === undefined || asked === ''
      ? usual.map((name) => ({ name, args: {}, inner: null }))
      : parseFields(asked)
  const picked: Json = {}
  for (const field of fields) {
    if (!(field.name in source)) {
      throw refusal(100, undefined, {
        message: `(#100) Tried accessing nonexisting field (${field.name}) on node type (${nodeType})`,
      })
    }
    const value = source[field.name]
    const given: unknown = typeof value === 'function' ? (value as (field: Field) => unknown)(field) : value
    if (given !== undefined && given !== null) picked[field.name] = given
  }
  return 'id' in source ? { ...picked, id: source.id } : picked
}

function cursorOf(index: number): string {
  return btoa(`cursor:${index}`).replaceAll('=', 'ZD')
}

function indexOf(cursor: string): number {
  try {
    const index = /^cursor:(\d+)$/.exec(
      atob(cursor.replace(/(ZD)+$/, (tail) => '='.repeat(tail.length / 2))),
    )?.[1]
    if (index !== undefined) return Number(index)
  } catch {
    // An unreadable cursor is refused below.
  }
  throw refusal(131059)
}

/** One page of a list. */
export function page<T>(call: Call, items: T[], render: (item: T) => unknown, usualLimit = 25): Json {
  const limit = Math.max(1, Math.min(1000, Number(param(call, 'limit') ?? usualLimit) || usualLimit))
  const after = param(call, 'after')
  const before = param(call, 'before')
  const start =
    after !== undefined ? indexOf(after) + 1 : before !== undefined ? Math.max(0, indexOf(before) - limit) : 0
  const end = before !== undefined ? indexOf(before) : start + limit
  const chosen = items.slice(start, end)
  if (chosen.length === 0) return { data: [] }
  const last = start + chosen.length - 1
  const link = (name: string, index: number): string => {
    const url = new URL(`${call.origin}/${call.versionText}/${call.id}/${call.edge}`)
    url.searchParams.set('access_token', call.token.value)
    for (const key of ['fields', 'limit'])
      if (param(call, key) !== undefined) url.searchParams.set(key, param(call, key) ?? '')
    url.searchParams.set(name, cursorOf(index))
    return url.toString()
  }
  return {
    data: chosen.map(render),
    paging: {
      cursors: { before: cursorOf(start), after: cursorOf(last) },
      ...(last + 1 < items.length ? { next: link('after', last) } : {}),
      ...(start > 0 ? { previous: link('before', start) } : {}),
    },
  }
}
