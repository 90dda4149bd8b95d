// Connecting with a token of one's own. Called by connect.tsx.

import { useState } from 'preact/hooks'
import { Button, Field, Input, sentenceOf } from '../ui/index.ts'
import { connect } from '../words/connect.ts'
import { connectByHand, numberPage } from './connect-api.ts'

const words = connect.hand
const digits = /^\d{5,32}$/

type Values = { wabaId: string; phoneNumberId: string; accessToken: string }
type Errors = Partial<Record<keyof Values, string>>

function errorsOf({ wabaId, phoneNumberId, accessToken }: Values): Errors {
  return {
    ...(digits.test(wabaId) ? {} : { wabaId: words.digits }),
    ...(digits.test(phoneNumberId) ? {} : { phoneNumberId: words.digits }),
    ...(accessToken.length >= 8 ? {} : { accessToken: words.missing }),
  }
}

export function ByHand() {
  const [values, setValues] = useState<Values>({ wabaId: '', phoneNumberId: '', accessToken: '' })
  const [errors, setErrors] = useState<Errors>({})
  const [said, setSaid] = useState<string>()
  const [busy, setBusy] = useState(false)
  const field = (name: keyof Values) => ({
    value: values[name],
    autocomplete: 'off' as const,
    spellcheck: false,
    onInput: (event: { currentTarget: HTMLInputElement }) =>
      setValues({ ...values, [name]: event.currentTarget.value.trim() }),
  })
  const submit = async () => {
    const wrong = errorsOf(values)
    setErrors(wrong)
    setSaid(undefined)
    if (Object.keys(wrong).length > 0) return
    setBusy(true)
    const done = await connectByHand(values)
    setBusy(false)
    if (done.ok) location.assign(numberPage(done.data.id))
    else setSaid(sentenceOf(done.problem))
  }
  return (
    <details class="card">
      <summary>
        <h2>{words.title}</h2>
      </summary>
      <p>{words.text}</p>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy) void submit()
        }}
      >
        <Field label={words.waba} error={errors.wabaId}>
          <Input {...field('wabaId')} inputMode="numeric" />
        </Field>
        <Field label={words.number} error={errors.phoneNumberId}>
          <Input {...field('phoneNumberId')} inputMode="numeric" />
        </Field>
        <Field label={words.token} hint={words.tokenHint} error={errors.accessToken}>
          <Input {...field('accessToken')} type="password" />
        </Field>
        {said && (
          <p class="notice care" role="alert">
            {said}
          </p>
        )}
        <div class="actions">
          <Button type="submit" kind="main" busy={busy}>
            {words.press}
          </Button>
        </div>
      </form>
    </details>
  )
}
