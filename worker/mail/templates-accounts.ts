// Mails about signing in and joining a workspace. Pure. Called by the signin walk, through templates.ts.

import { limits } from '../ground/limits.ts'
import { day, named } from './phrases.ts'
import { type MailText, renderMail } from './render.ts'

const minutes = Math.round(limits.mailCodeMs / 60_000)
const never = 'Never tell this code to anybody: we do not ask for it by phone, chat or mail.'

export const accountMails = {
  /** The code stands first, where clients preview it, and not in the subject, which lock screens show. */
  signInCode: ({ code }: { code: string }): MailText =>
    renderMail({
      subject: 'Your code for signing in to Softivum Connect',
      blocks: [
        { label: 'Your code is', code },
        `It is valid for ${minutes} minutes and works once. Somebody, probably you, wants to sign in with this address, or to confirm something dangerous.`,
        `${never} If it was not you, ignore this mail; without the code nothing happens.`,
      ],
    }),

  /** `role`: its title. */
  invitation: ({
    workspace,
    role,
    joinUrl,
    expiresAt,
  }: {
    workspace: string
    role: string
    joinUrl: string
    expiresAt: number
  }): MailText =>
    renderMail({
      subject: `${named(workspace)} invites you to Softivum Connect`,
      blocks: [
        `Somebody at ${named(workspace)} invites you to their workspace, as ${role}. There they talk to their customers on WhatsApp.`,
        { label: 'Join here', url: joinUrl },
        `The link is good until ${day(expiresAt)}, once, and only together with a code that we send to this address.`,
        'If you do not know who that is, ignore this mail: without you nothing happens, and the invitation is deleted.',
      ],
    }),
}
