// Erases one person: first what would go is counted, then a word is typed, then the steps are followed to the receipt. Loaded by
// panel-head.tsx when it is pressed.

import { useEffect, useState } from 'preact/hooks'
import { placeName, stepStates, steps as stepWords } from '../../components/deletion-words.ts'
import { api, ask, call } from '../client.ts'
import { number } from '../format.ts'
import {
  Button,
  Dialog,
  Field,
  Input,
  LinkButton,
  Progress,
  sentenceOf,
  showOver,
  useResource,
} from '../ui/index.ts'
import { contacts, erase as words } from '../words/contacts.ts'
import { common, typed } from '../words/shell.ts'
import { type Contact, nameOf } from './data.ts'

type EraseProps = { contact: Contact; onClose: () => void; onGone: (() => void) | undefined }
type Preview = {
  erased: { place: string; count: number }[]
  kept: { place: string; count: number; days: number | null }[]
}
type Opened = { id: string; code: string; statusUrl: string }

/** Stands beside the page: what it was opened from vanishes as soon as erasing begins. */
export function openErase(contact: Contact, onGone: (() => void) | undefined): void {
  showOver(<Erase contact={contact} onClose={() => showOver(undefined)} onGone={onGone} />)
}

function Erase({ contact, onClose, onGone }: EraseProps) {
  const [opened, setOpened] = useState<Opened>()
  const close = () => {
    onClose()
    if (opened) onGone?.()
  }
  return opened ? (
    <Following opened={opened} onClose={close} />
  ) : (
    <Asking contact={contact} onClose={onClose} onOpened={setOpened} />
  )
}

const post = <T,>(id: string, query = '') => ask<T>(`/contacts/${id}/deletion${query}`, { method: 'POST' })

type AskingProps = { contact: Contact; onClose: () => void; onOpened: (opened: Opened) => void }

function Asking({ contact, onClose, onOpened }: AskingProps) {
  const { data, problem } = useResource(() => post<Preview>(contact.id, '?dryRun=true'), [contact.id])
  const [word, setWord] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    if (word.trim().toLocaleLowerCase() !== words.word) return setError(typed.wrong(words.word))
    setBusy(true)
    const told = await post<Opened>(contact.id)
    setBusy(false)
    if (!told.ok) return setError(sentenceOf(told.problem))
    onOpened(told.data)
  }
  return (
    <Dialog
      title={words.title(nameOf(contact, contacts.nameless))}
      open
      onClose={onClose}
      onSubmit={() => void submit()}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="danger" type="submit" busy={busy}>
            {words.action}
          </Button>
        </>
      }
    >
      <p>{words.text}</p>
      {!data && !problem && <p class="soft">{words.counting}</p>}
      {problem && <p class="error">{sentenceOf(problem)}</p>}
      {data && (
        <>
          <Counts title={words.goes} rows={data.erased.map(({ place, count }) => [place, number(count)])} />
          <Counts
            title={words.stays}
            rows={data.kept.map(({ place, count, days }) => [
              place,
              `${number(count)}, ${days === null ? words.forEver : words.days(days)}`,
            ])}
          />
        </>
      )}
      <Field label={typed.label(words.word)} error={error}>
        <Input
          value={word}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setWord(event.currentTarget.value)}
        />
      </Field>
    </Dialog>
  )
}

const Counts = ({ title, rows }: { title: string; rows: [string, string][] }) =>
  rows.length === 0 ? null : (
    <section>
      <h3>{title}</h3>
      <dl class="counts">
        {rows.map(([place, count]) => (
          <div key={place}>
            <dt>{placeName(place)}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
    </section>
  )

const everyMs = 2_000
/** What live data is rid of; what follows waits for backups. */
const soon = ['verify', 'freeze', 'quiet', 'tombstone', 'shred', 'erase', 'drain', 'residue', 'receipt']

function Following({ opened, onClose }: { opened: Opened; onClose: () => void }) {
  const { data, reload } = useResource(
    () => call(api.public.deletions[':code'].$get({ param: { code: opened.code } })),
    [opened.code],
  )
  const done = data?.state === 'erased' || data?.state === 'completed'
  useEffect(() => {
    if (done) return
    const timer = setInterval(() => void reload(), everyMs)
    return () => clearInterval(timer)
  }, [done])
  const shown = (data?.steps ?? []).filter(({ name, state }) => soon.includes(name) && state !== 'skipped')
  const ended = shown.filter(({ state }) => state === 'done').length
  return (
    <Dialog
      title={done ? words.doneTitle : words.runningTitle}
      open
      onClose={onClose}
      actions={
        <>
          {done && (
            <LinkButton href="/verify" target="_blank">
              {words.verify}
            </LinkButton>
          )}
          <LinkButton href={`/data-deletion/${opened.code}`} target="_blank">
            {words.receipt}
          </LinkButton>
          <Button kind="main" onClick={onClose}>
            {words.close}
          </Button>
        </>
      }
    >
      <p role="status">{done ? words.doneText : words.runningText}</p>
      <Progress value={ended} max={Math.max(shown.length, 1)} label={words.progress} />
      <ol class="erase-steps">
        {shown.map(({ name, state }) => (
          <li key={name} data-state={state}>
            <span>{stepWords[name]?.title ?? name}</span> <span class="soft">{stepStates[state]}</span>
          </li>
        ))}
      </ol>
      {!done && <p class="small soft">{words.follow}</p>}
    </Dialog>
  )
}
