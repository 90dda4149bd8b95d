// What stands against a template that is written: which faults are still open, and which have no field to stand at. Pure.
// Called by editor.tsx.

import type { Draft } from './draft.ts'

export type Fault = { path: string; message: string }

/** Of a code, Meta writes the words: the form has no field for them. */
const contentParts = ['header', 'body', 'footer']

function hasField({ path }: Fault, { category, buttons }: Draft, isNew: boolean): boolean {
  if (['wabaId', 'name', 'language'].includes(path)) return isNew
  if (category === 'AUTHENTICATION') return false
  if (contentParts.includes(path)) return true
  if (path === 'buttons') return buttons.length > 0
  const [, at] = /^buttons\.(\d+)$/.exec(path) ?? []
  return at !== undefined && Number(at) < buttons.length
}

/** Those that no field shows. */
export const elsewhere = (faults: readonly Fault[], draft: Draft, isNew: boolean): Fault[] =>
  faults.filter((fault) => !hasField(fault, draft, isNew))

/** Header and body count their variables together, and both have samples. */
const texts = ['header', 'body']
const touches: Partial<Record<keyof Draft, string[]>> = {
  ...{ name: ['name'], language: ['language'], footer: ['footer'], buttons: ['buttons'] },
  ...{ header: texts, headerText: texts, sample: ['header'], body: texts, samples: texts },
}
const fieldsOf = ['wabaId', 'name', 'language', ...contentParts, 'buttons']

/** Without those that a change may have mended. What is about no single field goes with any change. */
export function stillOpen(faults: readonly Fault[], change: Partial<Draft>): Fault[] {
  if ('category' in change) return []
  const touched = Object.keys(change).flatMap((key) => touches[key as keyof Draft] ?? [])
  return faults.filter(({ path }) => {
    const [part = ''] = path.split('.')
    return fieldsOf.includes(part) && !touched.includes(part)
  })
}
