// JSON as Meta sends it: ids may be integers beyond 2^53 (message_template_id). Pure.

const longInteger = /[:[,]\s*-?\d{16,}/

type SourceAware = (key: string, value: unknown, context?: { source?: string }) => unknown

const lossless: SourceAware = (_key, value, context) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? context?.source
    : value

/** The parsed value, integers that a number cannot hold as their digits in a string; undefined when it is not JSON. */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: longInteger.test(text) ? JSON.parse(text, lossless) : JSON.parse(text) }
  } catch {
    return undefined
  }
}

export type Loose = { readonly [key: string]: unknown }

const nothing: Loose = {}

/** Fields of anything: of what is not an object, none. */
export const fields = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : nothing

/** Items of anything: of what is not a list, none. */
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Text of a non-empty string or a number (Meta uses both for ids); undefined otherwise. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

/** WhatsApp was founded in 2009: nothing is older. */
const oldestSeconds = 1_230_768_000

/** Epoch ms of Meta's unix seconds, given as number or digits; undefined when it is neither, or older than WhatsApp. */
export function instant(value: unknown): number | undefined {
  const digits = text(value)
  if (digits === undefined || !/^\d{1,11}$/.test(digits) || Number(digits) < oldestSeconds) return undefined
  return Number(digits) * 1000
}

/** True when brackets nest deeper than the limit. A look at the characters, so that depth costs no stack. */
export function nestsDeeper(source: string, limit: number): boolean {
  if (source.length <= limit * 4) return false
  let depth = 0
  let inString = false
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i)
    if (inString) {
      if (code === 92) i++
      else if (code === 34) inString = false
    } else if (code === 34) inString = true
    else if (code === 123 || code === 91) {
      if (++depth > limit) return true
    } else if (code === 125 || code === 93) depth--
  }
  return false
}
