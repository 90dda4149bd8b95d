// For what has no way back: a word has to be typed before the button works. Shown by mount.tsx, called from anywhere.

import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import { common, typed } from '../words/shell.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field, Input } from './field.tsx'

type Question = { title: string; text: string; word: string; action: string }
type Asked = Question & { answer: (yes: boolean) => void }

const asked = signal<Asked | undefined>(undefined)

/** True once the word was typed and the button pressed; false when the dialog was closed. One at a time. */
export function confirmTyped(question: Question): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = undefined
        resolve(yes)
      },
    }
  })
}

export const Confirmations = () => (asked.value ? <Ask {...asked.value} /> : null)

const same = (a: string, b: string): boolean => a.trim().toLocaleLowerCase() === b.trim().toLocaleLowerCase()

function Ask({ title, text, word, action, answer }: Asked) {
  const [value, setValue] = useState('')
  const [tried, setTried] = useState(false)
  const right = same(value, word)
  const submit = () => (right ? answer(true) : setTried(true))
  return (
    <Dialog
      title={title}
      open
      onClose={() => answer(false)}
      onSubmit={submit}
      actions={
        <>
          <Button onClick={() => answer(false)}>{common.cancel}</Button>
          <Button kind="danger" type="submit">
            {action}
          </Button>
        </>
      }
    >
      <p>{text}</p>
      <Field label={typed.label(word)} error={tried && !right ? typed.wrong(word) : undefined}>
        <Input
          value={value}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
      </Field>
    </Dialog>
  )
}
