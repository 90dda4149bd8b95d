// What is sealed about a file of a message, and where it stands in R2. Pure. The inbound and the sending walk write it, the
// media walk fetches by it, the API shows the name in it.

export const fileKinds = ['image', 'video', 'audio', 'document', 'sticker'] as const
export type FileKind = (typeof fileKinds)[number]

/** Sealed as JSON under `media.content:{messageId}`. */
export type FileContent = {
  kind: FileKind
  /** Meta's id; missing while an upload is under way. */
  id?: string
  /** Base64 in webhooks, hex in the lookup: as Meta gave it. */
  sha256?: string
  /** As Meta gave it, with its parameters. */
  mime?: string
  filename?: string
  voice?: true
  animated?: true
  /** Where it can be fetched at once: lives five minutes. */
  url?: string
}

const isKind = (type: string): type is FileKind => (fileKinds as readonly string[]).includes(type)
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 2_000 ? value : undefined

const maybe = <K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { [key in K]?: V }

/** The file of a message of this type; undefined when there is none that could be fetched by its id. */
export function fileIn(type: string, body: unknown): FileContent | undefined {
  if (!isKind(type) || typeof body !== 'object' || body === null) return undefined
  const part = body as Record<string, unknown>
  const id = typeof part.id === 'number' ? String(part.id) : text(part.id)
  if (id === undefined || !/^[\w.-]{1,128}$/.test(id)) return undefined
  return {
    kind: type,
    id,
    ...maybe('sha256', text(part.sha256)),
    ...maybe('mime', text(part.mime_type)),
    ...maybe('filename', text(part.filename)),
    ...maybe('voice', part.voice === true ? (true as const) : undefined),
    ...maybe('animated', part.animated === true ? (true as const) : undefined),
    ...maybe('url', text(part.url)),
  }
}

/** Type and subtype in lower case, without parameters; what is neither is nothing that we know. */
export function plainMime(mime: string | undefined): string {
  const plain = mime?.split(';')[0]?.trim().toLowerCase() ?? ''
  return /^[a-z]{1,20}\/[a-z0-9][a-z0-9.+-]{0,90}$/.test(plain) ? plain : 'application/octet-stream'
}

/** Only ids: a name in R2 says nothing about anybody. `holderId`: under whose key it was sealed. */
export const fileKey = (accountId: string, holderId: string, messageId: string): string =>
  `media/${accountId}/${holderId}/${messageId}`
