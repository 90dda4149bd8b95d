// Mails to owners about the deletion of a workspace, and about accounts that Meta took away. Never anything about a
// contact. Pure. Called by the deletion walk, through templates.ts.

import { dayMs, limits } from '../ground/limits.ts'
import { named, statusAt, when } from './phrases.ts'
import { type MailText, renderMail } from './render.ts'

const coolingDays = Math.round(limits.coolingOffMs / dayMs)

const pointOfNoReturn = (at: number): string =>
  `Erasing begins at ${when(at)}. From then on it cannot be stopped, and nothing can be brought back.`

export const deletionMails = {
  /** To each owner. `decideUrl` approves (where `needsApproval`) or cancels; it is this owner's secret. */
  deletionRequested: ({
    statusUrl,
    decideUrl,
    needsApproval,
    coolingUntil,
  }: {
    statusUrl: string
    decideUrl: string
    needsApproval: boolean
    coolingUntil: number | null
  }): MailText =>
    renderMail({
      subject: 'Deletion of your workspace was requested',
      blocks: [
        'Deletion of a workspace that you own was requested, with everything in it: conversations, contacts, media, keys and members. Once the request stands approved, nothing is sent and nothing about people is shown.',
        coolingUntil === null
          ? `Nothing is erased before another owner approves; ${coolingDays} more days pass after that.`
          : pointOfNoReturn(coolingUntil),
        {
          label: needsApproval ? 'Approve or cancel here' : 'If you do not want this, cancel here',
          url: decideUrl,
        },
        statusAt(statusUrl),
        'If you did not expect this mail: cancel, then revoke the API keys that you do not know. The link is for you alone, do not pass it on.',
      ],
    }),

  deletionCancelled: (): MailText =>
    renderMail({
      subject: 'Deletion of your workspace was cancelled',
      blocks: ['The workspace stays. Nothing was erased, and it works again as before.'],
    }),

  deletionStartsSoon: ({ startsAt, statusUrl }: { startsAt: number; statusUrl: string }): MailText =>
    renderMail({
      subject: 'Your workspace will be deleted soon',
      blocks: [
        pointOfNoReturn(startsAt),
        'Until then any owner can cancel it, with the link in the first mail about this deletion or through the API.',
        statusAt(statusUrl),
      ],
    }),

  /** `day`: days since Meta told of it. `eraseAt`: when deletion of the workspace would be requested. */
  disconnected: ({
    workspace,
    day,
    eraseAt,
  }: {
    workspace: string
    day: number
    eraseAt: number
  }): MailText =>
    renderMail({
      subject:
        day === 0
          ? `A WhatsApp account of ${named(workspace)} was disconnected`
          : `A WhatsApp account of ${named(workspace)} is still disconnected after ${day === 1 ? 'a day' : `${day} days`}`,
      blocks: [
        `Meta says that Softivum Connect has no access any more to a WhatsApp account of the workspace ${named(workspace)}. Nothing can be sent through it.`,
        'If this was not intended, connect the account again: everything is then as before.',
        `If no WhatsApp account of the workspace is connected at ${when(eraseAt)}, deletion of the whole workspace is requested. It waits for ${coolingDays} more days, in which an owner can cancel it.`,
      ],
    }),

  /** `questioned`: no linked member is left, and the connections are marked `reconnect`. */
  deauthorized: ({ workspace, questioned }: { workspace: string; questioned: boolean }): MailText =>
    renderMail({
      subject: `A member of ${named(workspace)} removed the app at Facebook`,
      blocks: [
        `A member of the workspace ${named(workspace)} took back the access that Softivum Connect had through their Facebook account. Nothing of the workspace was deleted.`,
        questioned
          ? 'No other member is linked with Facebook, so its WhatsApp accounts are marked “reconnect” until Meta accepts a call through them. Those connected by a system user of the business go on; one that was connected in the name of this person may end.'
          : 'WhatsApp accounts connected by a system user of the business, or by another person, go on as before.',
        'If the business goes on with us, connect its WhatsApp accounts again. If not, remove the app in the Meta Business Suite and ask for deletion of the workspace.',
      ],
    }),
}
