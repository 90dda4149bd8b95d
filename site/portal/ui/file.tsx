// The control that takes one file, inside of a Field.

import { useField } from './field.tsx'

type Props = { accept: string; disabled?: boolean; onFile: (file: File | undefined) => void }

export const FileControl = ({ accept, disabled, onFile }: Props) => (
  <input
    {...useField()}
    type="file"
    accept={accept}
    disabled={disabled}
    onChange={(event) => onFile(event.currentTarget.files?.[0])}
  />
)
