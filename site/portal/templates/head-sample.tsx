// The sample of the file at a template's head: it goes to Meta when it is chosen, and the template names it. Called by editor.tsx.

import { give } from '../client.ts'
import { SendFile, sentenceOf } from '../ui/index.ts'
import { editor as words } from '../words/templates.ts'
import { type Draft, type MediaHeader, sampleTypes } from './draft.ts'

type Props = {
  draft: Draft
  header: MediaHeader
  set: (change: Partial<Draft>) => void
  /** Empty: one has to be chosen first. */
  wabaId: string | undefined
}

export function HeadSample({ draft: { sample }, header, set, wabaId }: Props) {
  const send = async (file: File) => {
    if (wabaId === '') return words.accountMissing
    const query = wabaId === undefined ? '' : `?wabaId=${encodeURIComponent(wabaId)}`
    const told = await give<{ handle: string }>(`/templates/samples${query}`, 'POST', file)
    if (!told.ok) return sentenceOf(told.problem)
    set({ sample: { handle: told.data.handle, name: file.name, header } })
    return undefined
  }
  return (
    <SendFile
      label={words.fileSample}
      hint={words.fileHints[header] as string}
      accept={sampleTypes[header]}
      send={send}
    >
      {sample?.header === header && words.sampleThere(sample.name)}
    </SendFile>
  )
}
