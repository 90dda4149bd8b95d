// The buttons of a template while it is written. Called by editor.tsx.

import { Button, Field, Input, Select } from '../ui/index.ts'
import { editor as words } from '../words/templates.ts'
import { type DraftButton, emptyButton } from './draft.ts'
import { variablesIn } from './render.ts'

const most = 10

type Props = {
  buttons: DraftButton[]
  onChange: (buttons: DraftButton[]) => void
  faultAt: (at: number) => string | undefined
}

export function Buttons({ buttons, onChange, faultAt }: Props) {
  const set = (at: number, change: Partial<DraftButton>) =>
    onChange(buttons.map((one, i) => (i === at ? { ...one, ...change } : one)))
  return (
    <fieldset class="stack">
      <legend>{words.buttons}</legend>
      {buttons.map((button, at) => (
        <div key={at} class="card">
          <One button={button} at={at} error={faultAt(at)} set={(change) => set(at, change)} />
          <div class="actions">
            <Button
              kind="quiet"
              icon="trash"
              aria-label={words.removeButton(at + 1)}
              onClick={() => onChange(buttons.filter((_, i) => i !== at))}
            />
          </div>
        </div>
      ))}
      {buttons.length < most && (
        <div class="actions">
          <Button icon="plus" onClick={() => onChange([...buttons, emptyButton])}>
            {words.addButton}
          </Button>
        </div>
      )}
    </fieldset>
  )
}

type OneProps = {
  button: DraftButton
  at: number
  error: string | undefined
  set: (change: Partial<DraftButton>) => void
}

function One({ button: { type, text, url, phone, sample }, at: index, error, set }: OneProps) {
  const at = index + 1
  return (
    <>
      <Field label={words.buttonKind(at)} error={error}>
        <Select
          value={type}
          onChange={(event) => set({ type: event.currentTarget.value as DraftButton['type'] })}
          options={Object.entries(words.kinds).map(([value, label]) => ({ value, label }))}
        />
      </Field>
      {type !== 'COPY_CODE' && (
        <Field label={words.buttonText(at)}>
          <Input value={text} onInput={(event) => set({ text: event.currentTarget.value })} />
        </Field>
      )}
      {type === 'URL' && (
        <Field label={words.buttonUrl(at)} hint={words.buttonUrlHint}>
          <Input type="url" value={url} onInput={(event) => set({ url: event.currentTarget.value })} />
        </Field>
      )}
      {type === 'URL' && variablesIn(url).length > 0 && (
        <Field label={words.buttonUrlSample(at)}>
          <Input type="url" value={sample} onInput={(event) => set({ sample: event.currentTarget.value })} />
        </Field>
      )}
      {type === 'PHONE_NUMBER' && (
        <Field label={words.buttonPhone(at)}>
          <Input type="tel" value={phone} onInput={(event) => set({ phone: event.currentTarget.value })} />
        </Field>
      )}
      {type === 'COPY_CODE' && (
        <Field label={words.buttonCode(at)}>
          <Input value={sample} onInput={(event) => set({ sample: event.currentTarget.value })} />
        </Field>
      )}
    </>
  )
}
