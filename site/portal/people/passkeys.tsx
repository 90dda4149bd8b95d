// Passkeys of whoever is signed in: made on this device, named, removed. Called by account.tsx.

import { useState } from 'preact/hooks'
import { api, call, type DataOf } from '../client.ts'
import { hasPasskeys, makePasskey } from '../session/passkey.ts'
import {
  Badge,
  Button,
  Dialog,
  Failed,
  Field,
  Icon,
  Input,
  later,
  Menu,
  Skeleton,
  sentenceOf,
  Time,
  toast,
  useResource,
} from '../ui/index.ts'
import { account as words } from '../words/people.ts'
import { common } from '../words/shell.ts'

type Passkey = DataOf<typeof api.passkeys.$get>['data'][number]
type Naming = { passkey?: Passkey }

const load = () => call(api.passkeys.$get({ query: { limit: '200' } }))

export function Passkeys() {
  const { state, data, problem, reload, set } = useResource(load, [])
  const [naming, setNaming] = useState<Naming>()
  const remove = (one: Passkey) => {
    const before = data
    set((page) => ({ ...page, data: page.data.filter(({ id }) => id !== one.id) }))
    const act = async () => {
      const told = await call(api.passkeys[':id'].$delete({ param: { id: one.id } }))
      if (!told.ok) toast({ text: sentenceOf(told.problem), tone: 'bad' })
      await reload()
    }
    const text = words.removePasskey(one.name ?? words.unnamed)
    later({ text, undo: () => before && set(() => before), act: () => void act() })
  }
  return (
    <section>
      <h2>{words.passkeys}</h2>
      <p class="soft">{words.passkeysText}</p>
      {state === 'loading' && <Skeleton rows={1} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && data.data.length > 0 && (
        <ul class="list-rows">
          {data.data.map((one) => (
            <One
              key={one.id}
              one={one}
              rename={() => setNaming({ passkey: one })}
              remove={() => remove(one)}
            />
          ))}
        </ul>
      )}
      <div class="actions">
        {hasPasskeys() ? (
          <Button icon="plus" onClick={() => setNaming({})}>
            {words.addPasskey}
          </Button>
        ) : (
          <p class="soft">{words.noPasskeySupport}</p>
        )}
      </div>
      {naming && <Name naming={naming} onClose={() => setNaming(undefined)} onDone={() => void reload()} />}
    </section>
  )
}

const One = ({ one, rename, remove }: { one: Passkey; rename: () => void; remove: () => void }) => (
  <li>
    <Icon name="key" size={24} />
    <div>
      <strong>{one.name ?? words.unnamed}</strong>{' '}
      <Badge>{one.synced ? words.synced : words.oneDevice}</Badge>
      {one.createdAt && (
        <p class="soft small">
          {words.added} <Time at={one.createdAt} />
        </p>
      )}
    </div>
    <Menu
      icon="more"
      label={`${common.actions}: ${one.name ?? words.unnamed}`}
      items={[
        { label: words.rename, onSelect: rename },
        { label: words.remove, icon: 'trash', danger: true, onSelect: remove },
      ]}
    />
  </li>
)

type NameProps = { naming: Naming; onClose: () => void; onDone: () => void }

function Name({ naming: { passkey }, onClose, onDone }: NameProps) {
  const [name, setName] = useState(passkey?.name ?? '')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const save = async () => {
    const called = name.trim() || words.unnamed
    setBusy(true)
    const told = passkey
      ? await call(api.passkeys[':id'].$patch({ param: { id: passkey.id }, json: { name: called } }))
      : await makePasskey(called)
    setBusy(false)
    if (!told.ok)
      return setError(told.problem.code === 'code_refused' ? words.passkeyFailed : sentenceOf(told.problem))
    if (!passkey) toast({ text: words.passkeyAdded })
    onDone()
    onClose()
  }
  return (
    <Dialog
      title={passkey ? words.rename : words.addPasskey}
      open
      onClose={onClose}
      onSubmit={() => void save()}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={busy}>
            {passkey ? common.save : words.addPasskey}
          </Button>
        </>
      }
    >
      <Field label={words.passkeyName} hint={words.passkeyNameHint} error={error}>
        <Input
          value={name}
          maxLength={100}
          autocomplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </Field>
    </Dialog>
  )
}
