// What a source file calls and what it keeps in a browser, from its syntax and not from its letters, so that comments do
// not count. Pure; called by policy-honesty.ts and tests.

import ts from 'typescript'

/** `worker/meta/graph.ts:12` and what stands there. */
export type Found = { at: string; what: string }

type Look = (node: ts.Node) => string[]

function finds(path: string, text: string, look: Look): Found[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
  const found: Found[] = []
  const visit = (node: ts.Node): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
    found.push(...look(node).map((what) => ({ at: `${path}:${line}`, what })))
    node.forEachChild(visit)
  }
  visit(file)
  return found
}

/** Text of a literal or of a piece of a template. */
const literal = (node: ts.Node): string | undefined =>
  ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)
    ? node.text
    : undefined

const address = /\b(?:https?|wss?):\/\/((?:[\w-]+\.)+[a-z]{2,})/gi
/** Reserved for examples (RFC 2606): nobody answers there. */
const reserved = /(^|\.)(example|invalid|test|localhost)(\.(com|net|org))?$/

/** Hosts in string literals. Reading the syntax of a file takes a while: only where the letters give a reason. */
export const hostsIn = (path: string, text: string): Found[] =>
  text.search(address) < 0
    ? []
    : finds(path, text, (node) =>
        [...(literal(node) ?? '').matchAll(address)]
          .map(([, host = '']) => host.toLowerCase())
          .filter((host) => !reserved.test(host)),
      )

/** Imports of sockets, which would call without a URL. */
export const socketsIn = (path: string, text: string): Found[] =>
  text.includes('cloudflare:sockets')
    ? finds(path, text, (node) => (literal(node) === 'cloudflare:sockets' ? ['cloudflare:sockets'] : []))
    : []

const stores = new Set(['localStorage', 'sessionStorage', 'indexedDB', 'cookieStore', 'caches'])
const setters = new Set(['setCookie', 'setSignedCookie', 'deleteCookie', 'generateCookie'])

function keptBy(node: ts.Node): string[] {
  if (ts.isIdentifier(node) && (stores.has(node.text) || setters.has(node.text))) return [node.text]
  if (literal(node)?.toLowerCase() === 'set-cookie') return ['set-cookie']
  if (!ts.isPropertyAccessExpression(node)) return []
  const owner = node.expression
  if (node.name.text === 'cookie' && owner.getText() === 'document') return ['document.cookie']
  const jar = ts.isPropertyAccessExpression(owner) && owner.name.text === 'cookies'
  return jar && node.name.text === 'set' ? ['cookies.set'] : []
}

/** The script of an Astro page and its inline code, with everything else blanked: positions stay. */
const astroCode = (text: string): string =>
  text.replace(/<!--[\s\S]*?-->/g, (gone) => gone.replace(/[^\n]/g, ' '))

const inPages =
  /\b(localStorage|sessionStorage|indexedDB|cookieStore|document\.cookie|set-cookie|cookies\.set)\b/gi

/** Everything that puts a cookie or an entry into a browser. */
export function keptInBrowser(path: string, text: string): Found[] {
  if (!path.endsWith('.astro'))
    return /cookie|storage|indexedDB|caches/i.test(text) ? finds(path, text, keptBy) : []
  return astroCode(text)
    .split('\n')
    .flatMap((line, i) =>
      [...line.replace(/(^|\s)\/\/.*$/, '').matchAll(inPages)].map(([what]) => ({
        at: `${path}:${i + 1}`,
        what,
      })),
    )
}
