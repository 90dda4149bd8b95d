// The business profile of a number, as people see it in WhatsApp. Only what was changed is sent. Called by upkeep.tsx.

import { useState } from 'preact/hooks'
import { ask, give, type Problem, tell } from '../client.ts'
import {
  Button,
  Failed,
  Field,
  Input,
  Select,
  SendFile,
  Skeleton,
  sentenceOf,
  TextArea,
  toast,
  useResource,
} from '../ui/index.ts'
import { profile as words } from '../words/numbers.ts'

type Profile = {
  about: string
  address: string
  description: string
  email: string
  websites: string[]
  vertical: string | null
}

export function ProfileForm({ numberId }: { numberId: string }) {
  const path = `/numbers/${numberId}/profile`
  const { state, data, problem, reload, set } = useResource(() => ask<Profile>(path), [numberId])
  return (
    <section class="card">
      <h2>{words.title}</h2>
      {state === 'loading' && <Skeleton />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && <Picture path={path} onDone={(next) => set(() => next)} />}
      {data && <Form key={wordsOf(data)} profile={data} path={path} onDone={(next) => set(() => next)} />}
    </section>
  )
}

/** What the form is about: a new picture must not take away what is being written. */
const wordsOf = ({ about, address, description, email, websites, vertical }: Profile): string =>
  JSON.stringify({ about, address, description, email, websites, vertical })

/** Goes to Meta at once: there is nothing beside it to be saved. */
function Picture({ path, onDone }: { path: string; onDone: (next: Profile) => void }) {
  const send = async (file: File) => {
    const told = await give<Profile>(`${path}/picture`, 'PUT', file)
    if (!told.ok) return sentenceOf(told.problem)
    toast({ text: words.pictureSaved })
    onDone(told.data)
    return undefined
  }
  return <SendFile label={words.picture} hint={words.pictureHint} accept="image/jpeg,image/png" send={send} />
}

type FormProps = { profile: Profile; path: string; onDone: (next: Profile) => void }

function changesOf(before: Profile, draft: Profile): Partial<Profile> {
  const websites = draft.websites.map((one) => one.trim()).filter((one) => one !== '')
  const all = { ...draft, websites }
  return Object.fromEntries(
    (Object.keys(before) as (keyof Profile)[])
      .filter((name) => name in all && JSON.stringify(before[name]) !== JSON.stringify(all[name]))
      .filter((name) => ['about', 'address', 'description', 'email', 'websites', 'vertical'].includes(name))
      .map((name) => [name, all[name]]),
  )
}

function Form({ profile, path, onDone }: FormProps) {
  const [draft, setDraft] = useState(profile)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const changes = changesOf(profile, draft)
  const set = (change: Partial<Profile>) => setDraft((before) => ({ ...before, ...change }))
  const save = async () => {
    setBusy(true)
    const told = await tell<Profile>(path, 'PATCH', changes)
    setBusy(false)
    setProblem(told.ok ? undefined : told.problem)
    if (!told.ok) return
    toast({ text: words.saved })
    onDone(told.data)
  }
  const faultAt = (name: string) => problem?.errors?.find((one) => one.path.startsWith(name))?.message
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Fields draft={draft} set={set} faultAt={faultAt} />
      {problem && !problem.errors && (
        <p class="error" role="alert">
          {sentenceOf(problem)}
        </p>
      )}
      <div class="actions">
        <Button kind="main" type="submit" busy={busy} disabled={Object.keys(changes).length === 0}>
          {words.save}
        </Button>
      </div>
    </form>
  )
}

type FieldsProps = {
  draft: Profile
  set: (change: Partial<Profile>) => void
  faultAt: (name: string) => string | undefined
}

function Fields({ draft, set, faultAt }: FieldsProps) {
  const [first = '', second = ''] = draft.websites
  return (
    <>
      <Field label={words.about} hint={words.aboutHint} error={faultAt('about')}>
        <Input
          value={draft.about}
          maxLength={139}
          onInput={(event) => set({ about: event.currentTarget.value })}
        />
      </Field>
      <Field label={words.description} error={faultAt('description')}>
        <TextArea
          rows={3}
          maxLength={512}
          value={draft.description}
          onInput={(event) => set({ description: event.currentTarget.value })}
        />
      </Field>
      <Field label={words.address} error={faultAt('address')}>
        <Input
          value={draft.address}
          maxLength={256}
          onInput={(event) => set({ address: event.currentTarget.value })}
        />
      </Field>
      <Field label={words.email} error={faultAt('email')}>
        <Input
          type="email"
          value={draft.email}
          maxLength={128}
          onInput={(event) => set({ email: event.currentTarget.value })}
        />
      </Field>
      <Field label={words.website} error={faultAt('websites')}>
        <Input
          type="url"
          value={first}
          onInput={(event) => set({ websites: [event.currentTarget.value, second] })}
        />
      </Field>
      <Field label={words.website2}>
        <Input
          type="url"
          value={second}
          onInput={(event) => set({ websites: [first, event.currentTarget.value] })}
        />
      </Field>
      <Field label={words.vertical} error={faultAt('vertical')}>
        <Select
          value={draft.vertical ?? ''}
          onChange={(event) => set({ vertical: event.currentTarget.value })}
          options={[
            ...(draft.vertical === null ? [{ value: '', label: words.choose, disabled: true }] : []),
            ...Object.entries(words.verticals).map(([value, label]) => ({ value, label })),
          ]}
        />
      </Field>
    </>
  )
}
