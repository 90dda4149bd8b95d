// The script of /portal/welcome: a workspace of one's own, then the first minutes, step by step. Each step looks by itself
// whether it is done.

import { useState } from 'preact/hooks'
import { api, call, chooseWorkspace } from '../client.ts'
import { mount } from '../mount.tsx'
import { OwnName, saveOwnName } from '../session/own-name.tsx'
import { session } from '../session.ts'
import { Button, Field, Input, Page, sentenceOf } from '../ui/index.ts'
import { welcome as words } from '../words/shell.ts'
import { FirstMinutes } from './first-minutes.tsx'

const wantsAnother = new URLSearchParams(location.search).has('new')

function NameIt() {
  const [name, setName] = useState('')
  const [own, setOwn] = useState(session.value?.member?.name ?? '')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const make = async () => {
    const wanted = name.trim()
    if (wanted === '' || wanted.length > 100) return setError(words.nameWrong)
    setBusy(true)
    const made = await call(api.workspaces.$post({ json: { name: wanted } }))
    if (!made.ok) {
      setBusy(false)
      return setError(sentenceOf(made.problem))
    }
    chooseWorkspace(made.data.id)
    await saveOwnName(own)
    location.replace('/portal/welcome')
  }
  return (
    <Page title={words.newTitle} lead={words.newLead} narrow>
      <form
        class="form card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <Field label={words.name} hint={words.nameHint} error={error}>
          <Input
            name="organization"
            value={name}
            autocomplete="organization"
            maxLength={100}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <OwnName value={own} onInput={setOwn} />
        <div class="actions">
          <Button kind="main" type="submit" busy={busy}>
            {words.create}
          </Button>
        </div>
      </form>
      {!session.value?.workspace && <p class="soft small">{words.invitedHint}</p>}
    </Page>
  )
}

const Welcome = () => (session.value?.workspace && !wantsAnother ? <FirstMinutes /> : <NameIt />)

void mount(Welcome, { homeless: true })
