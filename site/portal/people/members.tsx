// The members of the workspace: whoever may changes a role in place, or removes somebody. Called by people.tsx.

import { roles } from '../../../worker/accounts/permissions.ts'
import { api, call, type DataOf } from '../client.ts'
import type { Role } from '../session.ts'
import {
  Avatar,
  Badge,
  type Column,
  confirmTyped,
  Menu,
  Select,
  sentenceOf,
  Table,
  Time,
  toast,
  useSession,
} from '../ui/index.ts'
import { people as words } from '../words/people.ts'

export type Member = DataOf<typeof api.members.$get>['data'][number]

type MembersProps = {
  members: Member[]
  /** Shows these at once. */
  show: (members: Member[]) => void
  reload: () => void
}

const nameOf = ({ name, email }: Member): string => name ?? email ?? words.leaving

export function Members({ members, show, reload }: MembersProps) {
  const me = useSession().member
  const isOwner = me?.role === 'owner'
  const change = async (member: Member, role: Role, back?: Role) => {
    show(members.map((one) => (one.id === member.id ? { ...one, role } : one)))
    const told = await call(api.members[':id'].$patch({ param: { id: member.id }, json: { role } }))
    if (!told.ok) {
      reload()
      return toast({ text: sentenceOf(told.problem), tone: 'bad' })
    }
    const undo = back && (() => void change({ ...member, role }, back))
    toast({ text: words.changed(nameOf(member), roles[role].title), ...(undo ? { undo } : {}) })
  }
  const columns: Column<Member>[] = [
    { id: 'name', label: words.name, cell: (member) => <Name member={member} me={me?.id} /> },
    {
      id: 'role',
      label: words.role,
      cell: (member) => (
        <RoleOf
          member={member}
          fixed={(member.role === 'owner' && !isOwner) || member.email === null}
          isOwner={isOwner}
          change={change}
        />
      ),
    },
    { id: 'since', label: words.since, end: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      id: 'actions',
      label: words.actionsFor(''),
      quiet: true,
      cell: (member) =>
        member.id === me?.id || member.email === null || (member.role === 'owner' && !isOwner) ? null : (
          <Menu
            icon="more"
            label={words.actionsFor(nameOf(member))}
            items={[
              {
                label: words.remove,
                icon: 'trash',
                danger: true,
                onSelect: () => void remove(member, reload),
              },
            ]}
          />
        ),
    },
  ]
  return (
    <section>
      <h2>{words.members}</h2>
      <Table caption={words.membersCaption} columns={columns} rows={members} />
    </section>
  )
}

async function remove(member: Member, reload: () => void): Promise<void> {
  const name = nameOf(member)
  const sure = await confirmTyped({
    title: words.removeTitle(name),
    text: words.removeText,
    word: words.removeWord,
    action: words.remove,
  })
  if (!sure) return
  const told = await call(api.members[':id'].deletion.$post({ param: { id: member.id }, query: {} }))
  toast(told.ok ? { text: words.removed(name) } : { text: sentenceOf(told.problem), tone: 'bad' })
  reload()
}

const Name = ({ member, me }: { member: Member; me: string | undefined }) => (
  <span class="who">
    <Avatar name={nameOf(member)} id={member.id} />
    <span>
      <span>
        {nameOf(member)} {member.id === me && <Badge>{words.you}</Badge>}
      </span>
      {member.name && <span class="soft">{member.email}</span>}
    </span>
  </span>
)

type RoleProps = {
  member: Member
  fixed: boolean
  isOwner: boolean
  change: (member: Member, role: Role, back: Role) => Promise<void>
}

const RoleOf = ({ member, fixed, isOwner, change }: RoleProps) =>
  fixed ? (
    <span>{roles[member.role].title}</span>
  ) : (
    <span class="filter">
      <Select
        aria-label={words.roleOf(nameOf(member))}
        value={member.role}
        options={(Object.keys(roles) as Role[]).map((role) => ({
          value: role,
          label: roles[role].title,
          disabled: role === 'owner' && !isOwner,
        }))}
        onChange={(event) => void change(member, event.currentTarget.value as Role, member.role)}
      />
    </span>
  )
