// What the rights walk asks of other walks, which it never calls itself. Composed in worker/hands.ts, handed to routes and to
// errands.ts.

import type { World } from '../ground/world.ts'

export type Hands = {
  /**
   * Opens the deletion, or finds the one that stands. `resigns`: a member who is one of several owners stops being one with
   * it; throws when no other would be left.
   */
  forget: (
    world: World,
    asked: {
      accountId: string
      scope: 'contact' | 'member' | 'visitor'
      subjectId: string
      door: 'form' | 'chat' | 'api'
      actor: string
      resigns?: boolean
    },
  ) => Promise<{ id: string }>
  /** Says a text to a contact in the chat, on this number. Once, however often it is called with the same `key`. */
  say: (
    world: World,
    to: { accountId: string; numberId: string; contactId: string },
    text: string,
    key: string,
  ) => Promise<'said' | 'later' | 'never'>
}
