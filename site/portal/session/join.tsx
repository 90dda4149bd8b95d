// The script of /portal/join: the link of an invitation, whose secret stands behind the # so that no server log has it, and a
// code that goes to the address that was invited.

import { useState } from 'preact/hooks'
import { roles } from '../../../worker/accounts/permissions.ts'
import { api, call, chooseWorkspace, type DataOf, type Result } from '../client.ts'
import { mountOpen } from '../mount.tsx'
import { Button, Failed, Field, Skeleton, sentenceOf, useResource, useTitle } from '../ui/index.ts'
import { signIn, join as words } from '../words/shell.ts'
import { Brand } from './brand.tsx'
import { CodeInput, codeDigits } from './code-input.tsx'
import { OwnName, saveOwnName } from './own-name.tsx'

const door = api.public.invitations[':token']
type Invitation = DataOf<typeof door.$get>

const param = () => ({ token: location.hash.slice(1) })

/** A link without its secret leads where a link that is too old leads. */
const load = async (): Promise<Result<Invitation | undefined>> => {
  if (location.hash.length < 2) return { ok: true, data: undefined }
  const found = await call(door.$get({ param: param() }))
  return !found.ok && found.problem.code === 'not_found' ? { ok: true, data: undefined } : found
}

function Join() {
  useTitle(words.title)
  const { state, data, problem, reload } = useResource(load, [])
  return (
    <>
      <Brand />
      {state === 'loading' && <Skeleton rows={3} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {state === 'ready' && (data ? <Accept invitation={data} /> : <Gone />)}
    </>
  )
}

const Gone = () => (
  <div class="door">
    <div class="head">
      <h1>{words.goneTitle}</h1>
      <p class="lead">{words.goneText}</p>
    </div>
    <p>
      <a href="/portal/sign-in">{signIn.title}</a>
    </p>
  </div>
)

function useJoining() {
  const [sent, setSent] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const send = async () => {
    setBusy(true)
    const told = await call(door.codes.$post({ param: param() }))
    setBusy(false)
    setSent(sent || told.ok)
    if (told.ok) setError(undefined)
    else setError(told.problem.status === 429 ? signIn.tooMany : sentenceOf(told.problem))
  }
  const enter = async (code: string, name: string) => {
    if (busy) return
    if (code.length < codeDigits) return setError(signIn.codeWrong)
    setBusy(true)
    const told = await call(door.$post({ param: param(), json: { code } }))
    if (told.ok) {
      // The one joined last comes first.
      chooseWorkspace(told.data.workspaces[0]?.id ?? null)
      await saveOwnName(name)
      return location.replace('/portal')
    }
    setBusy(false)
    setError(told.problem.code === 'code_refused' ? signIn.refused : sentenceOf(told.problem))
  }
  return { sent, busy, error, send, enter }
}

function Accept({ invitation: { workspace, role, email } }: { invitation: Invitation }) {
  const { sent, busy, error, send, enter } = useJoining()
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  return (
    <form
      class="door"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void (sent ? enter(code, name) : send())
      }}
    >
      <div class="head">
        <h1>{words.title}</h1>
        <p class="lead">{words.invited(workspace, roles[role].title)}</p>
      </div>
      <p class="card">
        <strong>{roles[role].title}</strong>
        <span class="soft">{roles[role].about}</span>
      </p>
      <p role="status">{sent ? words.sent(email) : words.to(email)}</p>
      {sent ? (
        <Field label={signIn.code} error={error}>
          <CodeInput value={code} onInput={setCode} onFull={(full) => void enter(full, name)} />
        </Field>
      ) : (
        <>
          <OwnName value={name} onInput={setName} />
          {error && (
            <p class="error" role="alert">
              {error}
            </p>
          )}
        </>
      )}
      <Button kind="main" type="submit" busy={busy}>
        {sent ? words.enter : words.send}
      </Button>
      {sent && (
        <div class="links">
          <Button kind="quiet" onClick={() => void send()}>
            {signIn.again}
          </Button>
        </div>
      )}
    </form>
  )
}

mountOpen(Join)
