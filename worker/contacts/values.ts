// Whether a value fits its field, and how it is written down. Pure. Called by the door of one value and by the taking-in of lists.

export type FieldKind = 'text' | 'number' | 'date' | 'choice'
export type FieldShape = { kind: FieldKind; choices: readonly string[] | null }

/** The value as it is kept; undefined: it does not fit. */
export function parseValue({ kind, choices }: FieldShape, given: string): string | undefined {
  const text = given.trim()
  if (text === '') return undefined
  switch (kind) {
    case 'text':
      return text
    case 'number':
      return parseNumber(text)
    case 'date':
      return parseDay(text)
    case 'choice':
      return choices?.find((choice) => choice === text)
  }
}

/** Digits with at most one point; no thousands, no exponents: what looks like a number in one country is another elsewhere. */
function parseNumber(text: string): string | undefined {
  if (!/^-?\d{1,15}(?:\.\d{1,9})?$/.test(text)) return undefined
  return text
}

/** A day that the calendar has, YYYY-MM-DD. */
export function parseDay(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const at = Date.parse(`${text}T00:00:00.000Z`)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : text
}
