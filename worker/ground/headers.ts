// What protects every answer to a browser. Called by app.ts.

import { secureHeaders } from './http.ts'

/** Nothing inline, nothing from elsewhere, no page inside of another one. */
const contentPolicy = {
  'default-src': "'none'",
  'style-src': "'self'",
  'script-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
}
type Policy = Record<string, string>

/** Pages of the portal show files, those that were just chosen included. */
const portalPolicy: Policy = {
  ...contentPolicy,
  'img-src': "'self' data: blob:",
  'media-src': "'self' blob:",
}

const isPortal = (path: string): boolean => path === '/portal' || path.startsWith('/portal/')

/** What one page needs besides itself: sources by directive, and a window that it opens and hears from. */
export type Besides = Readonly<Record<string, string>>

function policyOf(path: string, besides: Besides = {}): string {
  const own: Policy = isPortal(path) ? portalPolicy : contentPolicy
  const rules = [...new Set([...Object.keys(own), ...Object.keys(besides)])]
  return rules.map((rule) => [rule, own[rule], besides[rule]].filter(Boolean).join(' ')).join('; ')
}

/** What no page of ours uses, and so nothing that got into one may. */
const unused = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]

const without = (features: readonly string[]) => features.map((feature) => `${feature}=()`).join(', ')

/** A video in a conversation may fill the screen. */
const portalUnused = unused.filter((feature) => feature !== 'fullscreen')

const everywhere = {
  ...secureHeaders,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': without(unused),
}

/** Which other sites may embed an answer is the answer's own word, if it has one; else none. `path`: what was asked for. */
export function secure(answer: Headers, path = '', besides?: Besides): void {
  for (const [name, value] of Object.entries(everywhere)) answer.set(name, value)
  if (!answer.has('cross-origin-resource-policy')) answer.set('cross-origin-resource-policy', 'same-origin')
  if (!answer.get('content-type')?.startsWith('text/html')) return
  answer.set('content-security-policy', policyOf(path, besides))
  if (isPortal(path)) answer.set('permissions-policy', without(portalUnused))
  // Else the window would be cut off from the page that waits for it.
  if (besides) answer.set('cross-origin-opener-policy', 'same-origin-allow-popups')
}
