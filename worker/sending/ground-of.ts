// On what ground the gates let a message pass, as it is kept with the message: whoever asks later why it was sent is told what
// was true then, not what is true now. Pure. Called by record.ts.

import type { GateFacts } from './gates.ts'

export type Ground = {
  /** An answer within the window; a template, also to somebody who had not written; marketing; an answer to the person's request. */
  basis: 'answer' | 'template' | 'marketing' | 'request'
  /** Until when the window was open (epoch ms); null: it was closed. */
  windowUntil: number | null
}

/** Of facts that the gates let pass. */
export function groundOf({ answersRequest, begins, edge, window }: GateFacts): Ground {
  const windowUntil = window.state === 'open' ? window.until : null
  if (answersRequest) return { basis: 'request', windowUntil }
  if (edge === 'marketing_messages') return { basis: 'marketing', windowUntil }
  return { basis: begins ? 'template' : 'answer', windowUntil }
}
