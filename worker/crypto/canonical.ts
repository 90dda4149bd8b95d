// One text for one value: JSON with sorted keys, no spaces and no undefined members, as RFC 8785 has it for what we use
// (text, whole numbers, truth values, null, lists, objects). What is hashed or signed is written by this: receipts and
// the lines of the audit ledger.

/** Equal values, equal text, whatever order their keys were set in. Throws on a number that is not whole and safe. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    members.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new Error('not a whole number')
  return JSON.stringify(value)
}
