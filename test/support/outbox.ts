// Mails that would have left: the world outside takes each and remembers it. Called by tests that read what people get.

import { env } from 'cloudflare:workers'

export type SentMail = { to: string; subject: string; text: string; html?: string; replyTo?: string }

/** `outside` is the environment with a MAIL that keeps what it is given in `sent`. */
export function outbox(): { sent: SentMail[]; outside: Env } {
  const sent: SentMail[] = []
  const send = async (mail: SentMail) => {
    sent.push(mail)
    return { messageId: 'kept' }
  }
  return { sent, outside: { ...env, MAIL: { send } as unknown as SendEmail } }
}

/** The six digits in the newest mail to this address. */
export function codeIn(sent: readonly SentMail[], email: string): string {
  const mail = sent.findLast(({ to }) => to === email)
  const code = /(?<!\d)(\d{6})(?!\d)/.exec(mail?.text ?? '')?.[1]
  if (code === undefined) throw new Error('no mail with a code')
  return code
}
