// Writes a webhook body byte for byte as Meta does: escaped unicode in lower-case hex, and `\/`.
// Called by the courier before signing. Source: Meta’s documentation.

const bigMark = '\u0000big:'

function markBigInts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${bigMark}${value}` : value
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** ASCII only. A BigInt becomes a JSON integer: template ids do not fit a JavaScript number. */
export function renderBody(value: unknown): string {
  return escapeLikeMeta(JSON.stringify(value, markBigInts).replace(/"\\u0000big:(\d+)"/g, '$1'))
}

export function escapeLikeMeta(json: string): string {
  return json.replaceAll('/', '\\/').replace(/[\u0080-\uffff]/g, escapeUnit)
}

type SourceContext = { source?: string }

/** Parses JSON and keeps integers that a number cannot hold as BigInt. */
export function parseExact(text: string): unknown {
  const revive = (_key: string, value: unknown, context?: SourceContext): unknown => {
    if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) return value
    const source = context?.source
    return source && /^-?\d+$/.test(source) ? BigInt(source) : value
  }
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown)
}
