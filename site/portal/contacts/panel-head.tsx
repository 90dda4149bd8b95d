// Who somebody is: name, number, what stands in the way of writing, and what can be done about them. Called by panel.tsx.

import { useEffect, useState } from 'preact/hooks'
import { api, call, request } from '../client.ts'
import { fullTime } from '../format.ts'
import {
  Avatar,
  Button,
  can,
  confirmTyped,
  Menu,
  type MenuItem,
  sentenceOf,
  Time,
  toast,
} from '../ui/index.ts'
import { contacts, panel as words } from '../words/contacts.ts'
import { CorrectName } from './correct-name.tsx'
import { type Contact, nameOf, shownPhone } from './data.ts'
import { WriteTo } from './write-to.tsx'

type HeadProps = { contact: Contact; whole: boolean; reload: () => void; onGone: (() => void) | undefined }

export function Head({ contact, whole, reload, onGone }: HeadProps) {
  const [correcting, setCorrecting] = useState(false)
  const name = nameOf(contact, contacts.nameless)
  return (
    <header class="contact-head">
      <span class="who">
        <Avatar name={name} id={contact.id} size="l" />
        <span>
          <h2>{name}</h2>
          {contact.nameBy && <span class="soft">{words.nameBy[contact.nameBy]}</span>}
        </span>
      </span>
      <Menu
        icon="more"
        label={words.actions}
        items={itemsFor(contact, { correct: () => setCorrecting(true), reload, onGone })}
      />
      <Held contact={contact} />
      <Identifiers contact={contact} />
      {whole && contact.conversations.length > 0 && can('conversations:read') && (
        <ul class="talks">
          {contact.conversations.map(({ id, lastMessageAt }) => (
            <li key={id}>
              <a href={`/portal/inbox?c=${id}`}>{words.talk}</a>{' '}
              <span class="soft">
                <Time at={lastMessageAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {whole && !contact.objected && can('messages:send') && <WriteTo contact={contact} />}
      {correcting && <CorrectName contact={contact} onClose={() => setCorrecting(false)} onDone={reload} />}
    </header>
  )
}

const Held = ({ contact: { objected, stoppedMarketing } }: { contact: Contact }) => (
  <>
    {objected && (
      <p class="notice care">
        <strong>{words.objected}</strong> {words.objectedText(objected.at)}
      </p>
    )}
    {stoppedMarketing && (
      <p class="notice care">
        <strong>{words.stopped}</strong> {words.stoppedText(stoppedMarketing.at)}
      </p>
    )}
  </>
)

/** A number that is masked is shown on asking, and hidden again with the page. */
function Identifiers({ contact }: { contact: Contact }) {
  const [shown, setShown] = useState<{ phone: string | null; bsuid: string | null }>()
  useEffect(() => setShown(undefined), [contact.id])
  const masked = !can('identifiers:read') && (contact.phone !== null || contact.bsuid !== null)
  const { phone, bsuid } = shown ?? contact
  const reveal = async () => {
    const told = await call(api.contacts[':id'].reveal.$post({ param: { id: contact.id } }))
    if (!told.ok) return toast({ text: sentenceOf(told.problem), tone: 'bad' })
    setShown(told.data)
    toast({ text: words.revealed })
  }
  return (
    <dl class="facts">
      <dt>{words.phone}</dt>
      <dd>
        <bdi>{phone ? shownPhone(phone) : <span class="soft">{words.notShown}</span>}</bdi>
        {masked && !shown && can('identifiers:reveal') && (
          <Button kind="quiet" icon="eye" title={words.revealHint} onClick={() => void reveal()}>
            {words.reveal}
          </Button>
        )}
      </dd>
      {contact.username && (
        <>
          <dt>{words.username}</dt>
          <dd>
            <bdi>{contact.username}</bdi>
          </dd>
        </>
      )}
      {bsuid && (
        <>
          <dt>{words.bsuid}</dt>
          <dd>
            <code>{bsuid}</code>
          </dd>
        </>
      )}
      <dt>{words.since}</dt>
      <dd>{fullTime(contact.createdAt)}</dd>
      <dt>{words.seen}</dt>
      <dd>
        <Time at={contact.lastSeenAt} relative />
      </dd>
    </dl>
  )
}

type Doing = {
  correct: () => void
  reload: () => void
  onGone: (() => void) | undefined
}

function itemsFor(contact: Contact, { correct, reload, onGone }: Doing): MenuItem[] {
  const writes = can('contacts:write')
  return [
    ...(writes ? [{ label: words.correct, onSelect: correct }] : []),
    ...(writes && !contact.objected
      ? [{ label: words.object, onSelect: () => void object(contact, reload) }]
      : []),
    ...(writes && contact.objected
      ? [{ label: words.endObjection, onSelect: () => void endObjection(contact, reload) }]
      : []),
    ...(can('identifiers:read')
      ? [{ label: words.export, icon: 'download', onSelect: () => void download(contact) } as const]
      : []),
    ...(writes ? [{ label: words.restrict, onSelect: () => void restrict(contact, onGone) }] : []),
    ...(can('deletions')
      ? [
          {
            label: words.erase,
            icon: 'trash',
            danger: true,
            onSelect: () => void erase(contact, onGone),
          } as const,
        ]
      : []),
  ]
}

async function object({ id }: Contact, reload: () => void): Promise<void> {
  const told = await call(api.contacts[':id'].objection.$put({ param: { id } }))
  toast(told.ok ? { text: words.objectDone } : { text: sentenceOf(told.problem), tone: 'bad' })
  reload()
}

async function endObjection({ id }: Contact, reload: () => void): Promise<void> {
  const told = await call(api.contacts[':id'].objection.$delete({ param: { id } }))
  toast(told.ok ? { text: words.endObjectionDone } : { text: sentenceOf(told.problem), tone: 'bad' })
  reload()
}

async function restrict({ id }: Contact, onGone: (() => void) | undefined): Promise<void> {
  const { restrictTitle: title, restrictText: text, restrictWord: word, restrict: action } = words
  if (!(await confirmTyped({ title, text, word, action }))) return
  const told = await call(api.contacts[':id'].restriction.$put({ param: { id } }))
  toast(told.ok ? { text: words.restrictDone } : { text: sentenceOf(told.problem), tone: 'bad' })
  if (told.ok) onGone?.()
}

/** The file is made in the browser from what the API sends; its name says nothing about anybody. */
async function download({ id }: Contact): Promise<void> {
  const answer = await request(`/contacts/${id}/export`).catch(() => undefined)
  if (!answer?.ok) return toast({ text: words.exportFailed, tone: 'bad' })
  const url = URL.createObjectURL(await answer.blob())
  Object.assign(document.createElement('a'), { href: url, download: `${id}.json` }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** Loaded when somebody presses it: most pages never need it. */
async function erase(contact: Contact, onGone: (() => void) | undefined): Promise<void> {
  const { openErase } = await import('./erase.tsx')
  openErase(contact, onGone)
}
