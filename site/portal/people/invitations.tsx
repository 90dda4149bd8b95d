// Invitations that wait. Calling one back can be undone for a moment. Called by people.tsx.

import { roles } from '../../../worker/accounts/permissions.ts'
import { api, call, type DataOf } from '../client.ts'
import { Button, type Column, later, sentenceOf, Table, Time, toast } from '../ui/index.ts'
import { invitations as words } from '../words/people.ts'

export type Invitation = DataOf<typeof api.invitations.$get>['data'][number]

type InvitationsProps = {
  invitations: Invitation[]
  show: (invitations: Invitation[]) => void
  reload: () => void
}

export function Invitations({ invitations, show, reload }: InvitationsProps) {
  const revoke = (one: Invitation) => {
    show(invitations.filter(({ id }) => id !== one.id))
    later({
      text: words.revoked(one.email ?? ''),
      undo: () => show(invitations),
      act: () => {
        void call(api.invitations[':id'].$delete({ param: { id: one.id } })).then((told) => {
          if (!told.ok) toast({ text: sentenceOf(told.problem), tone: 'bad' })
          reload()
        })
      },
    })
  }
  const columns: Column<Invitation>[] = [
    { id: 'email', label: words.email, cell: ({ email }) => email },
    { id: 'role', label: words.role, cell: ({ role }) => roles[role].title },
    { id: 'expires', label: words.expires, end: true, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
    {
      id: 'revoke',
      label: words.revoke,
      quiet: true,
      cell: (one) => (
        <Button kind="quiet" onClick={() => revoke(one)}>
          {words.revoke}
          <span class="unseen">{` ${one.email}`}</span>
        </Button>
      ),
    },
  ]
  if (invitations.length === 0) return null
  return (
    <section>
      <h2>{words.title}</h2>
      <Table caption={words.caption} columns={columns} rows={invitations} />
    </section>
  )
}
