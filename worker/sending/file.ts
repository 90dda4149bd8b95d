// The file that a message is sent with: one that was uploaded for it is the message's from here on; one that the caller's own
// software gave to Meta is fetched from there, so that the conversation shows it. Called by record.ts, for its batch.

import type { Database, Statement } from '../../db/client.ts'
import { fileIn } from '../conversations/file-content.ts'
import { filesInsert, sealWaitingFile, uploadSentUpdate } from '../conversations/files.ts'
import type { SealKey } from '../crypto/seal.ts'
import type { Outgoing } from '../meta/send-message.ts'

type Sent = {
  messageId: string
  accountId: string
  contactId: string
  numberId: string
  key: SealKey
  at: number
}

/** Nothing for a message without a file, or with one that is only a link: that is somebody else's to keep. */
export async function fileStatements(
  db: Database,
  { type, payload }: Pick<Outgoing, 'type' | 'payload'>,
  sent: Sent,
): Promise<Statement[]> {
  const content = fileIn(type, payload)
  if (!content) return []
  const waiting = await sealWaitingFile({ ...sent, direction: 'out', content })
  // The first does nothing where an upload stands under this id, the second nothing where none does.
  return [filesInsert(db, [waiting]), uploadSentUpdate(db, sent.accountId, sent.messageId)]
}
