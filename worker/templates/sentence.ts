// What a person reads when a template is sent with these values. Pure. Called by the sending walk. Source: components of
// templates and of template messages (Meta's documentation).

type Loose = Readonly<Record<string, unknown>>

const loose = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {}
const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * `components` as Meta lists them, `payload` the `template` of a message. Header, body and footer, each on its own line;
 * undefined when there is no body to read. A value that was not given stays the variable it stands for.
 */
export function sentenceOf(components: readonly unknown[], payload: unknown): string | undefined {
  const given = listed(loose(payload).components)
  const part = (type: string) => {
    const said = text(loose(ofType(components, type)).text)
    return said === '' ? [] : [filled(said, listed(loose(ofType(given, type)).parameters))]
  }
  const body = part('body')
  return body.length === 0
    ? undefined
    : [...part('header'), ...body, ...part('footer')].join('\n').slice(0, mostCharsInAll)
}

/** Meta writes types in capitals where it lists them, and takes small letters where they are sent. */
const ofType = (components: readonly unknown[], type: string): unknown =>
  components.find((one) => text(loose(one).type).toLowerCase() === type)

/** By name where parameters are named, else by their number. */
function filled(said: string, parameters: readonly unknown[]): string {
  const values = new Map(
    parameters.map((one, i) => [text(loose(one).parameter_name) || String(i + 1), wordsOf(loose(one))]),
  )
  return said.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (variable, name: string) => values.get(name) || variable)
}

/** Meta takes no more in a whole body; what is longer is refused there, and cut here. */
const mostChars = 1024
const mostCharsInAll = 4096

const wordsOf = ({ text: said, currency, date_time }: Loose): string =>
  (text(said) || text(loose(currency).fallback_value) || text(loose(date_time).fallback_value)).slice(
    0,
    mostChars,
  )
