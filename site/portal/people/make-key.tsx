// A new key: a name, as few scopes as it needs, and the key itself, once. Called by keys.tsx.

import { useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import type { Scope } from '../session.ts'
import { Button, Checkbox, Dialog, Field, Input, sentenceOf, toast, useSession } from '../ui/index.ts'
import { scopes as scopeWords, keys as words } from '../words/people.ts'
import { common } from '../words/shell.ts'

/** What most software needs, chosen beforehand. */
const usual: Scope[] = ['messages:send', 'conversations:read']

export function MakeKey({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const own = useSession().scopes
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<Scope[]>(usual.filter((scope) => own.includes(scope)))
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<{ name?: string; scopes?: string }>({})
  const [made, setMade] = useState<string>()
  const make = async () => {
    if (name.trim() === '') return setError({ name: words.nameWrong })
    if (chosen.length === 0) return setError({ scopes: words.scopesWrong })
    setBusy(true)
    const told = await call(
      api.keys.$post({ json: { name: name.trim(), scopes: chosen as [Scope, ...Scope[]] } }),
    )
    setBusy(false)
    if (!told.ok) return setError({ name: sentenceOf(told.problem) })
    setMade(told.data.key)
    onMade()
  }
  if (made) return <Shown secret={made} onClose={onClose} />
  return (
    <Dialog
      title={words.make}
      open
      wide
      onClose={onClose}
      onSubmit={() => void make()}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={busy}>
            {words.make}
          </Button>
        </>
      }
    >
      <Field label={words.name} hint={words.nameHint} error={error.name}>
        <Input
          value={name}
          maxLength={100}
          autocomplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <fieldset>
        <legend>{words.scopes}</legend>
        <p class="hint">{words.scopesHint}</p>
        {error.scopes && (
          <p class="error small" role="alert">
            {error.scopes}
          </p>
        )}
        <div class="scopes">
          {own.map((scope) => (
            <Checkbox
              key={scope}
              label={scopeWords[scope]}
              hint={<code>{scope}</code>}
              checked={chosen.includes(scope)}
              onChange={(event) =>
                setChosen(
                  event.currentTarget.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope),
                )
              }
            />
          ))}
        </div>
      </fieldset>
    </Dialog>
  )
}

function Shown({ secret, onClose }: { secret: string; onClose: () => void }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret)
      setCopied(true)
    } catch {
      toast({ text: words.copyFailed, tone: 'bad' })
    }
  }
  return (
    <Dialog
      title={words.shownTitle}
      open
      onClose={onClose}
      actions={
        <>
          <Button icon={copied ? 'check' : 'copy'} onClick={() => void copy()}>
            {copied ? common.copied : common.copy}
          </Button>
          <Button kind="main" onClick={onClose}>
            {words.shownDone}
          </Button>
        </>
      }
    >
      <p>{words.shownText}</p>
      <p class="secret">{secret}</p>
    </Dialog>
  )
}
