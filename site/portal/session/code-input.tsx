// The field for the six digits of a mail. Called wherever a code is asked for.

import { useLayoutEffect, useRef } from 'preact/hooks'
import { useField } from '../ui/field.tsx'

export const codeDigits = 6

type CodeInputProps = {
  value: string
  onInput: (code: string) => void
  /** Once all digits are there. */
  onFull?: (code: string) => void
}

/** What is pasted with spaces or words around it becomes digits. It has the focus when it comes: typing goes straight on. */
export function CodeInput({ value, onInput, onFull }: CodeInputProps) {
  const ref = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => ref.current?.focus(), [])
  return (
    <input
      {...useField()}
      ref={ref}
      type="text"
      class="code"
      name="code"
      value={value}
      inputMode="numeric"
      autocomplete="one-time-code"
      maxLength={200}
      onInput={(event) => {
        const digits = event.currentTarget.value.replace(/\D/g, '').slice(0, codeDigits)
        event.currentTarget.value = digits
        onInput(digits)
        if (digits.length === codeDigits && digits !== value) onFull?.(digits)
      }}
    />
  )
}
