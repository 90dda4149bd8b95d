// The control that takes one file, inside of a Field.

import { useField } from './field.tsx'

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
