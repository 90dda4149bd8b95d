// The site as a crawler meets it: documents, their links and their headers, without a browser. Called by browser.test.ts.

export type Fetched = {
  path: string
  status: number
  headers: Headers
  type: string
  text: string
  bytes: number
}

export const crawler = 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'

export async function fetchOne(origin: string, path: string, init: RequestInit = {}): Promise<Fetched> {
  const answer = await fetch(`${origin}${path}`, { redirect: 'manual', ...init })
  const body = await answer.arrayBuffer()
  const type = (answer.headers.get('content-type') ?? '').split(';')[0] as string
  const { status, headers } = answer
  return { path, status, headers, type, text: new TextDecoder().decode(body), bytes: body.byteLength }
}

const entities: Record<string, string> = { amp: '&', '#38': '&', '#x26': '&', quot: '"', '#39': "'" }
const unescaped = (text: string): string => text.replace(/&(#?\w+);/g, (all, name) => entities[name] ?? all)

const attributes = (html: string, name: string): string[] =>
  [...html.matchAll(new RegExp(`<[a-z][^<>]*?\\s${name}=(?:"([^"]*)"|'([^']*)')`, 'gi'))].map(([, a, b]) =>
    unescaped(a ?? b ?? ''),
  )

export const idsIn = (html: string): string[] => attributes(html, 'id')

/** Addresses that a page names, resolved: links, forms that read, styles, scripts, images. Each once. */
export function linksIn(html: string, url: string): URL[] {
  const found = [...attributes(html, 'href'), ...attributes(html, 'src')].map(
    (link) => new URL(link, url).href,
  )
  return [...new Set(found)].map((link) => new URL(link))
}

/** What a browser loads with a page: styles, scripts, icons, images, in bytes before compression, the page included. */
export async function weigh(origin: string, page: Fetched): Promise<{ total: number; parts: string[] }> {
  const loaded = [...page.text.matchAll(/<(?:link|script|img|source)\b[^>]*>/gi)].flatMap(([tag]) =>
    /rel="(?:canonical|alternate|manifest)"/.test(tag)
      ? []
      : [...attributes(tag, 'href'), ...attributes(tag, 'src')],
  )
  const parts = await Promise.all(
    [...new Set(loaded)].map((link) => fetchOne(origin, new URL(link, `${origin}${page.path}`).pathname)),
  )
  const all = [page, ...parts]
  return {
    total: all.reduce((sum, { bytes }) => sum + bytes, 0),
    parts: all.map(({ path, bytes }) => `${path} ${bytes}`),
  }
}

/** Everything that can be reached from these addresses, breadth first, each fetched once. */
export async function crawl(
  origin: string,
  from: string[],
  isPage: (path: string) => boolean,
): Promise<Map<string, Fetched>> {
  const seen = new Map<string, Fetched>()
  let next = [...new Set(from)]
  while (next.length > 0) {
    const fetched = await Promise.all(next.map((path) => fetchOne(origin, path)))
    for (const one of fetched) seen.set(one.path, one)
    const pages = fetched.filter(({ type, path }) => type === 'text/html' && isPage(path))
    const links = pages.flatMap(({ text, path }) => linksIn(text, `${origin}${path}`))
    const inside = links
      .filter((link) => link.origin === origin)
      .map(({ pathname, search }) => pathname + search)
    next = [...new Set(inside)].filter((path) => !seen.has(path))
  }
  return seen
}
