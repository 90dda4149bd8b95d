// The script of /portal/workspace: what it is called, and where the rest of it is settled.

import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import { mount } from '../mount.tsx'
import { can, loadSession } from '../session.ts'
import {
  Button,
  Field,
  Icon,
  type IconName,
  Input,
  Page,
  sentenceOf,
  toast,
  useSession,
} from '../ui/index.ts'
import { workspace as words } from '../words/people.ts'
import { common, frame } from '../words/shell.ts'

function Workspace() {
  const name = useSession().workspace?.name ?? ''
  const [value, setValue] = useState(name)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const save = async (wanted: string, back?: string) => {
    if (wanted.trim() === '') return setError(words.nameWrong)
    setBusy(true)
    const told = await call(api.workspace.$patch({ json: { name: wanted.trim() } }))
    if (told.ok) await loadSession()
    setBusy(false)
    if (!told.ok) return setError(sentenceOf(told.problem))
    setError(undefined)
    setValue(wanted.trim())
    toast({ text: words.saved, ...(back ? { undo: () => void save(back) } : {}) })
  }
  return (
    <Page title={words.title} lead={words.lead} narrow>
      <form
        class="card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save(value, name)
        }}
      >
        <Field label={words.name} hint={words.nameHint} error={error}>
          <Input value={value} maxLength={100} onInput={(event) => setValue(event.currentTarget.value)} />
        </Field>
        <div class="actions">
          <Button type="submit" busy={busy} disabled={value.trim() === name}>
            {common.save}
          </Button>
        </div>
      </form>
      <section>
        <h2>{words.more}</h2>
        <ul class="list-rows">
          {can('members') && (
            <Way href="/portal/people" icon="people" title={frame.people} text={words.people} />
          )}
          {can('keys') && <Way href="/portal/keys" icon="key" title={frame.keys} text={words.keys} />}
          {can('privacy') && (
            <Way href="/portal/privacy" icon="privacy" title={frame.privacy} text={words.privacy} />
          )}
        </ul>
      </section>
    </Page>
  )
}

const Way = ({ href, icon, title, text }: { href: string; icon: IconName; title: string; text: string }) => (
  <li>
    <Icon name={icon} size={24} />
    <div>
      <a href={href}>{title}</a>
      <p class="soft small">{text}</p>
    </div>
  </li>
)

void mount(Workspace, { needs: 'workspace:write' })
