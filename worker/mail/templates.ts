// What our mails say, in one place: the subjects each have a file. Pure. Called by walks, which hand the result to mail.ts.

import { accountMails } from './templates-accounts.ts'
import { deletionMails } from './templates-deletion.ts'
import { noticeMails } from './templates-notices.ts'
import { rightsMails } from './templates-rights.ts'
import { visitorMails } from './templates-visitors.ts'

export type { MailText } from './render.ts'

export const mailTexts = {
  ...accountMails,
  ...deletionMails,
  ...noticeMails,
  ...rightsMails,
  ...visitorMails,
}
