// What is kept of a browser that signs in: words for it, its network and its place, none of which is the browser's own text or
// address. Pure. Called by the doors that sign in.

import { wideNetworkOf } from '../ground/network.ts'

/** What the list of sessions shows. */
export type Seen = { device: string; network: string; place: string | null }

const browsers: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/\b(?:iPhone|iPod)\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

const named = (list: [RegExp, string][], text: string): string | undefined =>
  list.find(([pattern]) => pattern.test(text))?.[1]

/** As `Firefox on Linux`. Versions and models are not kept: they single people out and help nobody. */
export function deviceIn(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, 1_000)
  const browser = named(browsers, text) ?? 'A browser'
  const system = named(systems, text)
  return system === undefined ? browser : `${browser} on ${system}`
}

/** As `Pune, IN`: what Cloudflare guesses from the address. */
export function placeIn(cf: { city?: unknown; country?: unknown } | undefined): string | null {
  const parts = [cf?.city, cf?.country].filter(
    (part): part is string => typeof part === 'string' && part !== '',
  )
  return parts.length === 0 ? null : parts.join(', ').slice(0, 100)
}

export const seenBy = (request: Request): Seen => ({
  device: deviceIn(request.headers.get('user-agent') ?? undefined),
  network: wideNetworkOf(request.headers.get('cf-connecting-ip') ?? ''),
  place: placeIn(request.cf as { city?: unknown; country?: unknown } | undefined),
})
