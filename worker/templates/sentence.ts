// What a person reads when a template is sent with these values. Pure. Called by the sending walk. Source: components of
// templates and of template messages (Meta's documentation).

import { limits } from '../ground/limits.ts'
import { fields, items, text } from '../meta/json.ts'

/**
 * `components` as Meta lists them, `payload` the `template` of a message. Header, body and footer, each on its own line and no
 * longer than Meta takes it; undefined when there is no body to read. A value that was not given stays the variable it stands
 * for.
 */
export function sentenceOf(components: readonly unknown[], payload: unknown): string | undefined {
  const given = items(fields(payload).components)
  const part = (type: string, most: number): string[] => {
    const said = text(fields(ofType(components, type)).text)
    if (said === undefined) return []
    return [filled(said, items(fields(ofType(given, type)).parameters)).slice(0, most)]
  }
  const body = part('body', limits.templateBodyChars)
  if (body.length === 0) return undefined
  const header = part('header', limits.templateHeaderChars)
  return [...header, ...body, ...part('footer', limits.templateFooterChars)].join('\n')
}

/** Meta writes types in capitals where it lists them, and takes small letters where they are sent. */
const ofType = (components: readonly unknown[], type: string): unknown =>
  components.find((one) => text(fields(one).type)?.toLowerCase() === type)

/** By name where parameters are named, else by their number. */
function filled(said: string, parameters: readonly unknown[]): string {
  const values = new Map(
    parameters.map((one, i) => [text(fields(one).parameter_name) ?? String(i + 1), valueIn(fields(one))]),
  )
  return said.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (variable, name: string) => values.get(name) ?? variable)
}

/** A value that is longer than a whole body may be is refused by Meta. */
const valueIn = ({ text: said, currency, date_time }: Record<string, unknown>): string | undefined =>
  (text(said) ?? text(fields(currency).fallback_value) ?? text(fields(date_time).fallback_value))?.slice(
    0,
    limits.templateBodyChars,
  )
