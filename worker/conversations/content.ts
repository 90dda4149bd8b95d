// What is sealed of a message. Pure. Both walks write it, the API reads it.

/** Sealed as JSON under `messages.content:{id}` and `message_changes.content:{ref}`. */
export type MessageContent = {
  /** Of a message heard from Meta. One we sent has it in a column of its own, because it is known only afterwards. */
  wamid?: string
  /** What a person would read: body, caption, button title … Absent when there is nothing to read. */
  text?: string
  /** Meta's own payload under the key of its type, as it came or as it was sent. */
  body?: unknown
  /** wamid of the message this one answers. */
  replyTo?: string
  /** Other parts that Meta sent beside the payload: context, referral, errors, group. */
  extra?: Record<string, unknown>
}

/**
 * Where something stands in its conversation; sorts as text. By the second it happened in, because Meta tells no more,
 * and within that second in the order it was heard: a reply after what it answers, the last edit last.
 */
export function sortKey(at: number, receivedAt: number, position = 0): string {
  const heard = receivedAt * 1000 + Math.min(position, 999)
  return `${String(Math.floor(at / 1000)).padStart(10, '0')}.${String(heard).padStart(16, '0')}`
}

type Loose = Record<string, unknown>
const record = (value: unknown): Loose =>
  typeof value === 'object' && value !== null ? (value as Loose) : {}
const string = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** What a person would read in a payload of this type; undefined for stickers and the like. */
export function readableText(type: string, body: unknown): string | undefined {
  const part = record(body)
  switch (type) {
    case 'text':
      return string(part.body)
    case 'button':
      return string(part.text)
    case 'reaction':
      return string(part.emoji)
    case 'location':
      return string(part.name) ?? string(part.address)
    case 'system':
      return string(part.body)
    case 'order':
      return string(part.text)
    case 'template':
      return string(part.name)
    case 'contacts':
      return Array.isArray(body) ? string(record(record(body[0]).name).formatted_name) : undefined
    case 'interactive':
      return (
        string(record(part.button_reply).title) ??
        string(record(part.list_reply).title) ??
        string(record(part.nfm_reply).body) ??
        string(record(part.body).text)
      )
    default:
      return string(part.caption) ?? string(part.filename)
  }
}
