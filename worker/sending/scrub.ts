// What of Meta's answer must not reach the caller: the business's token, and addresses that would lead around the
// gateway. Works on the text, so that every other byte stays as Meta sent it, long integers included. Pure.
// Called by conclude.ts and proxy.ts.

export type Scrubbing = { token: string; graphOrigin: string; publicOrigin: string }

const stringToken = /"(?:[^"\\]|\\.)*"/g
const secretParameters = ['access_token', 'appsecret_proof', 'appsecret_time']

/** `text` is JSON. `replace` names whole string values that get another. */
export function scrub(
  text: string,
  { token, graphOrigin, publicOrigin }: Scrubbing,
  replace: ReadonlyMap<string, string> = new Map(),
): string {
  return text.replace(stringToken, (quoted) => {
    const value = JSON.parse(quoted) as string
    const other = replace.get(value)
    if (other !== undefined) return JSON.stringify(other)
    if (!value.includes(graphOrigin) && !value.includes(token)) return quoted
    const homely = value.startsWith(`${graphOrigin}/`) ? withoutSecrets(value) : value
    return JSON.stringify(homely.replaceAll(graphOrigin, publicOrigin).replaceAll(token, '[withheld]'))
  })
}

function withoutSecrets(address: string): string {
  const url = URL.parse(address)
  if (!url) return address
  for (const name of secretParameters) url.searchParams.delete(name)
  return url.toString()
}
