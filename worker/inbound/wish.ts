// Whether a message that has just come asks for something to be done with its sender's data. Pure. Called by plan.ts for live
// messages only: what a business wrote, what comes from a history, an edit or a group asks for nothing.

import { recogniseWish, type Wish } from '../consent/keywords.ts'
import { readableText } from '../conversations/content.ts'
import { limits } from '../ground/limits.ts'
import { fields } from '../meta/json.ts'
import type { ParsedMessage } from '../meta/message.ts'

export function wishIn(message: ParsedMessage, at: number, receivedAt: number): Wish | undefined {
  if (message.direction !== 'in' || message.as !== 'message' || message.group) return undefined
  if (at < receivedAt - limits.wishAgeMs || isForwarded(message)) return undefined
  const said = wordsOf(message)
  return said === undefined ? undefined : recogniseWish(said)
}

/** Typed, or the button that was pressed. */
function wordsOf({ type, body }: ParsedMessage): string | undefined {
  if (type === 'text' || type === 'button') return readableText(type, body)
  return type === 'interactive' && fields(body).button_reply !== undefined
    ? readableText(type, body)
    : undefined
}

/** Somebody else's words. */
function isForwarded({ extra }: ParsedMessage): boolean {
  const context = fields(extra?.context)
  return context.forwarded === true || context.frequently_forwarded === true
}
