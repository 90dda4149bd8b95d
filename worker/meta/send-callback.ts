// Our message id inside `biz_opaque_callback_data`, which Meta returns with every status: it names the message even
// when the answer to the send never reached us. What the business put there itself travels behind it. Pure. Written by
// the sending walk, read by the inbound walk (which hands only `theirs` on to the business). Source: send messages (Meta).

import { limits } from '../ground/limits.ts'

const shape = /^sc1:(msg_[0-9a-z]{26})(?: ([\s\S]*))?$/

/** Undefined when both together are longer than Meta's 512 characters. */
export function encodeCallbackData(messageId: string, theirs: string | undefined): string | undefined {
  const text = theirs === undefined ? `sc1:${messageId}` : `sc1:${messageId} ${theirs}`
  return text.length > limits.callbackDataChars ? undefined : text
}

/** Anything that is not ours is wholly theirs: a message sent around the gateway, or before it. */
export function parseCallbackData(text: string | undefined): { messageId?: string; theirs?: string } {
  if (text === undefined || text === '') return {}
  const match = shape.exec(text)
  if (!match) return { theirs: text }
  return { messageId: match[1] as string, ...(match[2] === undefined ? {} : { theirs: match[2] }) }
}
