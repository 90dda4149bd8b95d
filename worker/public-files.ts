// What stands at fixed addresses for machines: security.txt, the signal about selling data, robots, the sitemap. Pure. Called
// by app.ts.

import { documents } from '../db/documents.ts'
import { operator } from '../db/operator.ts'
import { problems } from './ground/problems.ts'

/**
 * Every page that is meant to be found, without its last slash. All others ask search engines to stay away: what they show
 * is one reader's own.
 */
export const publicPages: readonly string[] = [
  '/',
  '/privacy',
  '/terms',
  '/dpa',
  '/cookies',
  '/subprocessors',
  '/data-deletion',
  '/rights',
  '/verify',
  '/contact',
  '/security',
  '/docs/api',
  '/privacy/versions',
  '/terms/versions',
  '/dpa/versions',
  '/subprocessors/versions',
  ...documents.map(({ document, version }) => `/${document}/${version}`),
  '/errors',
  ...Object.keys(problems).map((code) => `/errors/${code}`),
]

/**
 * RFC 9116. It expires nine months after the first of the present month: between eight and nine from now, and the same
 * bytes for a whole month.
 */
export function securityText(origin: string, now: number): string {
  const today = new Date(now)
  const expires = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 9, 1))
  const lines = [
    `Contact: mailto:${operator.contact}`,
    `Contact: ${origin}/contact`,
    `Expires: ${expires.toISOString()}`,
    'Preferred-Languages: en',
    `Canonical: ${origin}/.well-known/security.txt`,
    `Policy: ${origin}/security`,
  ]
  return `${lines.join('\n')}\n`
}

/** Global Privacy Control (W3C): this site abides by the signal, for everybody, whether it is sent or not. */
export const gpcSupport = { gpc: true, lastUpdate: '2026-11-22' }

/** Nothing is forbidden. */
export const robotsText = (origin: string): string =>
  `User-agent: *\nAllow: /\n\nSitemap: ${origin}/sitemap.xml\n`

/** Paths are ours: nothing in them needs escaping. */
export const sitemap = (origin: string): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ...publicPages.map((path) => `<url><loc>${origin}${path}</loc></url>`),
    '</urlset>\n',
  ].join('\n')
