// The script of /portal/account: one's own name, where one is signed in, and the passkeys that do it.

import { useState } from 'preact/hooks'
import { api, call, type DataOf } from '../client.ts'
import { signOut } from '../frame-menus.tsx'
import { mount } from '../mount.tsx'
import { loadSession } from '../session.ts'
import {
  Badge,
  Button,
  Failed,
  Field,
  Icon,
  Input,
  later,
  Page,
  Skeleton,
  sentenceOf,
  Time,
  toast,
  useResource,
  useSession,
} from '../ui/index.ts'
import { account as words } from '../words/people.ts'
import { common, frame } from '../words/shell.ts'
import { Passkeys } from './passkeys.tsx'

type Browser = DataOf<typeof api.sessions.$get>['data'][number]

const Account = () => (
  <Page
    title={words.title}
    lead={words.lead}
    narrow
    actions={
      <Button icon="out" onClick={() => void signOut()}>
        {frame.signOut}
      </Button>
    }
  >
    {useSession().member && <OwnName />}
    <Passkeys />
    <Browsers />
  </Page>
)

function OwnName() {
  const { member } = useSession()
  const [name, setName] = useState(member?.name ?? '')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const save = async () => {
    setBusy(true)
    const told = await call(api.session.$patch({ json: { name: name.trim() } }))
    if (told.ok) await loadSession()
    setBusy(false)
    setError(told.ok ? undefined : sentenceOf(told.problem))
    if (told.ok) toast({ text: words.nameSaved })
  }
  return (
    <form
      class="card"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Field label={words.nameTitle} hint={words.nameHint} error={error}>
        <Input
          value={name}
          autocomplete="name"
          maxLength={100}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <div class="actions">
        <Button type="submit" busy={busy} disabled={name.trim() === '' || name.trim() === member?.name}>
          {common.save}
        </Button>
        <span class="soft small">{member?.email}</span>
      </div>
    </form>
  )
}

const load = () => call(api.sessions.$get({ query: { limit: '200' } }))

function Browsers() {
  const { state, data, problem, reload, set } = useResource(load, [])
  const end = (one: Browser) => {
    const before = data
    set((page) => ({ ...page, data: page.data.filter(({ id }) => id !== one.id) }))
    const act = async () => {
      const told = await call(api.sessions[':id'].$delete({ param: { id: one.id } }))
      if (!told.ok) toast({ text: sentenceOf(told.problem), tone: 'bad' })
      await reload()
    }
    later({
      text: words.ended(one.device ?? words.unknownDevice),
      undo: () => before && set(() => before),
      act: () => void act(),
    })
  }
  return (
    <section>
      <h2>{words.sessions}</h2>
      <p class="soft">{words.sessionsText}</p>
      {state === 'loading' && <Skeleton rows={2} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <ul class="list-rows">
          {data.data.map((one) => (
            <One key={one.id} one={one} end={() => end(one)} />
          ))}
        </ul>
      )}
    </section>
  )
}

function One({ one, end }: { one: Browser; end: () => void }) {
  const device = one.device ?? words.unknownDevice
  return (
    <li>
      <Icon name={/android|iphone|phone/i.test(device) ? 'phone' : 'desk'} size={24} />
      <div>
        <strong>{device}</strong> {one.current && <Badge tone="good">{words.here}</Badge>}
        <p class="soft small">
          {one.place && <>{words.near(one.place)} · </>}
          {one.network && <>{one.network} · </>}
          {words.lastUsed} {one.current ? words.now : <Time at={one.usedAt} />}
        </p>
      </div>
      {!one.current && (
        <Button kind="quiet" aria-label={words.endOf(device)} onClick={end}>
          {words.end}
        </Button>
      )}
    </li>
  )
}

void mount(Account, { homeless: true })
