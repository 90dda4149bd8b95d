// The sample of the file at a template's head: it goes to Meta when it is chosen, and the template names it. Called by editor.tsx.

import { useState } from 'preact/hooks'
import { give } from '../client.ts'
import { Field, FileControl, sentenceOf } from '../ui/index.ts'
import { editor as words } from '../words/templates.ts'
import { type Draft, type MediaHeader, sampleTypes } from './draft.ts'

type Props = {
  draft: Draft
  header: MediaHeader
  set: (change: Partial<Draft>) => void
  /** Empty: one has to be chosen first. */
  wabaId: string | undefined
}

export function HeadSample({ draft, header, set, wabaId }: Props) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const take = async (file: File | undefined) => {
    if (!file || isBusy) return
    if (wabaId === '') return setError(words.accountMissing)
    setBusy(true)
    setError(undefined)
    const query = wabaId === undefined ? '' : `?wabaId=${encodeURIComponent(wabaId)}`
    const told = await give<{ handle: string }>(`/templates/samples${query}`, 'POST', file)
    setBusy(false)
    if (told.ok) set({ sample: { handle: told.data.handle, name: file.name, header } })
    else setError(sentenceOf(told.problem))
  }
  const { sample } = draft
  return (
    <>
      <Field label={words.fileSample} hint={words.fileHints[header]} error={error}>
        <FileControl accept={sampleTypes[header]} onFile={(file) => void take(file)} />
      </Field>
      <p class="hint" role="status">
        {isBusy ? words.uploading : sample?.header === header && words.sampleThere(sample.name)}
      </p>
    </>
  )
}
