// Mails to people without an account: the code that proves an address, and the answer to a letter. What a stranger typed is
// never sent to an address that nobody has proven, or our mails would carry anybody's words to anybody. Pure. Called by the
// rights walk, through templates.ts.

import { limits } from '../ground/limits.ts'
import { named } from './phrases.ts'
import { type MailText, renderMail } from './render.ts'

type Purpose = 'access' | 'export' | 'delete' | 'correct' | 'object' | 'restrict' | 'subscribe'

const does: Record<Purpose, string> = {
  access: 'see what we hold about the owner of this address',
  export: 'receive a copy of the data that we hold about the owner of this address',
  delete: 'delete the data that we hold about the owner of this address',
  correct: 'correct the data that we hold about the owner of this address',
  object: 'object to a use of the data of the owner of this address',
  restrict: 'restrict the use of the data of the owner of this address',
  subscribe: 'be told when the list of our subprocessors changes',
}

const minutes = Math.round(limits.mailCodeMs / 60_000)

export const visitorMails = {
  /** The code stands first, where clients preview it, and not in the subject, which lock screens show. */
  mailCode: ({ code, purpose }: { code: string; purpose: Purpose }): MailText =>
    renderMail({
      subject: 'Your code for Softivum Connect',
      privacy: true,
      blocks: [
        { label: 'Your code is', code },
        `It is valid for ${minutes} minutes and works once. Somebody, probably you, typed this address on our site to ${does[purpose]}.`,
        'Never tell this code to anybody: we do not ask for it by phone, chat or mail. If it was not you, ignore this mail; without the code nothing happens.',
      ],
    }),

  /** To whoever gave this address in the contact form. */
  letterReceived: (): MailText =>
    renderMail({
      subject: 'We received your letter',
      privacy: true,
      blocks: [
        'Somebody, probably you, wrote to us with this address as the sender. A person reads it and answers by mail, mostly within three working days.',
        'If it was not you, write to us, and we delete it.',
      ],
    }),

  /** Sent with the writer's address as the one to reply to. */
  letterToOperator: ({
    topic,
    name,
    email,
    text,
  }: {
    topic: string
    name?: string | null | undefined
    email: string
    text: string
  }): MailText =>
    renderMail({
      subject: `A letter through the contact form: ${named(topic)}`,
      blocks: [
        `From ${name ? `${named(name)}, ` : ''}${email}. Nobody has proven that the address is theirs.`,
        { quote: text },
      ],
    }),
}
