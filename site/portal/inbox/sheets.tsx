// What stands over the inbox, each loaded with this file and none before: templates, buttons and lists, a new label, the
// explanation of a message. Loaded by inbox.tsx.

import { useState } from 'preact/hooks'
import { Button, Dialog, Field, Input, Select, toast } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { toggleLabel } from './acting.ts'
import { createLabel } from './api.ts'
import { Builder } from './builder.tsx'
import { Explain } from './explain.tsx'
import { loadLabels } from './loading.ts'
import { explained, labels, sheet } from './state.ts'
import { TemplatePicker } from './template-picker.tsx'

const close = () => {
  sheet.value = undefined
}

export function Sheets() {
  const shown = sheet.value
  const message = explained.value
  return (
    <>
      {shown?.kind === 'templates' && (
        <TemplatePicker conversationId={shown.conversationId} onClose={close} />
      )}
      {shown?.kind === 'builder' && <Builder conversationId={shown.conversationId} onClose={close} />}
      {shown?.kind === 'label' && <NewLabel conversationId={shown.conversationId} />}
      {message && (
        <Explain
          message={message}
          onClose={() => {
            explained.value = undefined
          }}
        />
      )}
    </>
  )
}

/** Made, and put on the conversation it was wanted for. */
function NewLabel({ conversationId }: { conversationId: string }) {
  const [name, setName] = useState('')
  const [colour, setColour] = useState<string>(words.colours[0]?.value ?? 'grey')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const make = async () => {
    if (name.trim() === '') return setError(words.builder.faults.empty())
    setBusy(true)
    const answer = await createLabel(name.trim(), colour)
    setBusy(false)
    if (!answer.ok) return setError(answer.problem.detail ?? answer.problem.title)
    await loadLabels()
    close()
    const label = labels.value.find(({ id }) => id === answer.data.id)
    if (label) await toggleLabel(conversationId, label)
    else toast({ text: words.said.noAnswer })
  }
  return (
    <Dialog
      title={words.head.newLabel}
      open
      onClose={close}
      onSubmit={() => void make()}
      actions={
        <Button kind="main" type="submit" busy={isBusy}>
          {words.head.createLabel}
        </Button>
      }
    >
      <Field label={words.head.labelName} error={error}>
        <Input value={name} maxLength={40} onInput={(event) => setName(event.currentTarget.value)} />
      </Field>
      <Field label={words.head.labelColour}>
        <Select
          value={colour}
          onChange={(event) => setColour(event.currentTarget.value)}
          options={[...words.colours]}
        />
      </Field>
    </Dialog>
  )
}
