// The head of a thread: who it is, who has it, its labels, and what the team does with it. Part of inbox.tsx.

import { roles } from '../../../worker/accounts/permissions.ts'
import { can, session } from '../session.ts'
import { Avatar, Badge, Button, Menu, type MenuItem } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { assign, leave, markUnread, setClosed, toggleLabel, togglePanel } from './acting.ts'
import { Mark } from './icons.tsx'
import { nameOf } from './row.tsx'
import { colleagues, isPanelOpen, labels, nameOfColleague, sheet } from './state.ts'
import type { Conversation } from './types.ts'

export function Head({ conversation }: { conversation: Conversation }) {
  const { id, contact, closedAt } = conversation
  const name = nameOf(contact)
  const identifier = contact.phone ?? contact.bsuid
  const mayAct = can('conversations:write')
  return (
    <header class="thread-head">
      <Button
        kind="quiet"
        icon="back"
        class="to-list"
        aria-label={words.inbox.back}
        onClick={() => leave()}
      />
      <Avatar name={contact.name ?? contact.username} id={contact.id} />
      <div class="person">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        {identifier && identifier !== name && (
          <p class="small">
            <bdi>{identifier.startsWith('+') || !/^\d/.test(identifier) ? identifier : `+${identifier}`}</bdi>
          </p>
        )}
        <Labels conversation={conversation} />
      </div>
      <div class="acts">
        {mayAct && <Assign conversation={conversation} />}
        {mayAct && <LabelMenu conversation={conversation} />}
        {mayAct && (
          <Button
            icon={closedAt === null ? 'check' : undefined}
            onClick={() => setClosed(id, closedAt === null)}
          >
            <span class="wide">{closedAt === null ? words.head.close : words.head.reopen}</span>
            <span class="unseen">{closedAt === null ? words.head.closeFull : words.head.reopen}</span>
          </Button>
        )}
        <Menu label={words.head.more} icon="more" items={moreFor(id, mayAct)} class="further" />
        <Button
          kind="quiet"
          class="beside"
          aria-label={isPanelOpen.value ? words.inbox.hideDetails : words.inbox.details}
          aria-expanded={isPanelOpen.value}
          onClick={togglePanel}
        >
          <Mark name="side" size={20} />
        </Button>
      </div>
    </header>
  )
}

const moreFor = (id: string, mayAct: boolean): MenuItem[] => [
  ...(mayAct ? [{ label: words.head.unread, icon: 'mail' as const, onSelect: () => markUnread(id) }] : []),
  {
    label: isPanelOpen.value ? words.inbox.hideDetails : words.inbox.details,
    icon: 'contacts',
    onSelect: togglePanel,
  },
]

const Labels = ({ conversation }: { conversation: Conversation }) => {
  const own = labels.value.filter(({ id }) => conversation.labels.includes(id))
  return own.length === 0 ? null : (
    <p class="labels">
      {own.map(({ id, name, colour }) => (
        <span key={id} class={`label ${colour}`}>
          {name}
        </span>
      ))}
      {conversation.closedAt !== null && <Badge>{words.row.closed}</Badge>}
    </p>
  )
}

function Assign({ conversation }: { conversation: Conversation }) {
  const { id, assigneeId } = conversation
  const me = session.value?.member?.id
  const others = colleagues.value.filter((one) => one.id !== me)
  const items: MenuItem[] = [
    ...(me ? [{ label: words.head.toMe, checked: assigneeId === me, onSelect: () => assign(id, me) }] : []),
    { label: words.head.unassign, checked: assigneeId === null, onSelect: () => assign(id, null) },
    ...others.map((one) => ({
      label: one.name ?? roles[one.role].title,
      checked: one.id === assigneeId,
      onSelect: () => assign(id, one.id),
    })),
  ]
  const name =
    assigneeId === me ? words.head.toMe : assigneeId && (nameOfColleague(assigneeId) ?? words.note.someone)
  return (
    <Menu label={name ? words.head.assignedTo(name) : words.head.assign} items={items} class="assign">
      <Mark name="person" />
      <span class="wide">{name || words.head.assign}</span>
    </Menu>
  )
}

function LabelMenu({ conversation }: { conversation: Conversation }) {
  const items: MenuItem[] = [
    ...labels.value.map((label) => ({
      label: label.name,
      checked: conversation.labels.includes(label.id),
      onSelect: () => void toggleLabel(conversation.id, label),
    })),
    {
      label: words.head.newLabel,
      icon: 'plus' as const,
      onSelect: () => {
        sheet.value = { kind: 'label', conversationId: conversation.id }
      },
    },
  ]
  return (
    <Menu label={words.head.labels} items={items} class="labelling">
      <Mark name="tag" />
    </Menu>
  )
}
