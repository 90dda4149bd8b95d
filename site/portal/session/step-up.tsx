// The dialog before something dangerous: a passkey or a code, once more. Loaded when the API first asks for it.

import { render } from 'preact'
import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { sentenceOf } from '../ui/states.tsx'
import { common, stepUp as words } from '../words/shell.ts'
import { CodeInput } from './code-input.tsx'
import { hasPasskeys, proveByPasskey } from './passkey.ts'

let asking: Promise<boolean> | undefined

/** True once the proof is given; false when the dialog was closed. Asked once for however many calls wait for it. */
export function askForProof(): Promise<boolean> {
  asking ??= new Promise((resolve) => {
    const place = document.body.appendChild(document.createElement('div'))
    const answer = (yes: boolean) => {
      render(null, place)
      place.remove()
      asking = undefined
      resolve(yes)
    }
    render(<StepUp answer={answer} />, place)
  })
  return asking
}

function useProof(answer: (yes: boolean) => void) {
  const [sent, setSent] = useState(0)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const during = async (work: () => Promise<string | undefined>) => {
    setBusy(true)
    setError(await work())
    setBusy(false)
  }
  const mail = () =>
    during(async () => {
      const told = await call(api.session.proof.codes.$post())
      setSent((before) => before + (told.ok ? 1 : 0))
      return told.ok ? undefined : sentenceOf(told.problem)
    })
  const passkey = () =>
    during(async () => {
      if (!(await proveByPasskey()).ok) return words.passkeyFailed
      answer(true)
      return undefined
    })
  const give = (code: string) => {
    if (busy) return
    return during(async () => {
      const told = await call(api.session.proof.$post({ json: { code } }))
      if (told.ok) answer(true)
      else return told.problem.code === 'code_refused' ? words.refused : sentenceOf(told.problem)
      return undefined
    })
  }
  return { sent, busy, error, mail, passkey, give }
}

function StepUp({ answer }: { answer: (yes: boolean) => void }) {
  const { sent, busy, error, mail, passkey, give } = useProof(answer)
  const [code, setCode] = useState('')
  return (
    <Dialog
      title={words.title}
      open
      onClose={() => answer(false)}
      onSubmit={() => void (sent ? give(code) : mail())}
      actions={
        <>
          <Button onClick={() => answer(false)}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={busy}>
            {sent ? words.confirm : words.mail}
          </Button>
        </>
      }
    >
      <p>{words.text}</p>
      {hasPasskeys() && sent === 0 && (
        <Button icon="key" busy={busy} onClick={() => void passkey()}>
          {words.passkey}
        </Button>
      )}
      {error && sent === 0 && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      {sent > 0 && (
        <>
          <p role="status">{sent > 1 ? words.sentAgain : words.sent}</p>
          <Field label={words.code} error={error}>
            <CodeInput value={code} onInput={setCode} onFull={(full) => void give(full)} />
          </Field>
          <div class="links">
            <Button kind="quiet" onClick={() => void mail()}>
              {words.again}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  )
}
