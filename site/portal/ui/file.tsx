// What takes one file: the control alone, inside of a Field, and the field that sends it at once.

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { common } from '../words/shell.ts'
import { Field, useField } from './field.tsx'

type Props = { accept: string; onFile: (file: File | undefined) => void }

export const FileControl = ({ accept, onFile }: Props) => (
  <input
    {...useField()}
    type="file"
    accept={accept}
    // The same file again is a choice, too: without this, the browser says nothing of it.
    onClick={(event) => {
      event.currentTarget.value = ''
    }}
    onChange={(event) => onFile(event.currentTarget.files?.[0])}
  />
)

type SendProps = {
  label: string
  hint: string
  accept: string
  /** Answers what stands against it; undefined: it is there. */
  send: (file: File) => Promise<string | undefined>
  /** What is said once it is there. */
  children?: ComponentChildren
}

export function SendFile({ label, hint, accept, send, children }: SendProps) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const take = async (file: File | undefined) => {
    if (!file || isBusy) return
    setBusy(true)
    setError(undefined)
    setError(await send(file))
    setBusy(false)
  }
  return (
    <>
      <Field label={label} hint={hint} error={error}>
        <FileControl accept={accept} onFile={(file) => void take(file)} />
      </Field>
      <p class="hint" role="status">
        {isBusy ? common.uploading : children}
      </p>
    </>
  )
}
