// How a reader takes a mail: the words of its text, and the words and tags of its HTML. Knows nothing of how mails are made.

export const textWords = (text: string): string[] => wordsOf(text)

export function htmlWords(html: string): string[] {
  const body = html.slice(html.indexOf('<body'))
  return wordsOf(unescaped(body.replace(/<[^>]*>/g, ' ')))
}

/** Without the signs that stand for the look of a list and of a quote. */
const wordsOf = (said: string): string[] => said.split(/\s+/).filter((word) => !['', '-', '>'].includes(word))

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const unescaped = (said: string): string =>
  said.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name] as string)

export function tagsOf(html: string): { name: string; attributes: Record<string, string> }[] {
  return [...html.matchAll(/<\/?([^\s>/]+)([^>]*)>/g)].map(([, name, rest]) => ({
    name: (name as string).toLowerCase(),
    attributes: Object.fromEntries(
      [...(rest as string).matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(([, key, value]) => [key, value ?? '']),
    ),
  }))
}
