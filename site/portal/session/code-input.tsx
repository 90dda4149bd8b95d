// The field for the six digits of a mail. Called wherever a code is asked for.

import { Input } from '../ui/field.tsx'

export const codeDigits = 6

type CodeInputProps = {
  value: string
  onInput: (code: string) => void
  /** Once all digits are there. */
  onFull?: (code: string) => void
}

/** What is pasted with spaces or words around it becomes digits. */
export const CodeInput = ({ value, onInput, onFull }: CodeInputProps) => (
  <Input
    class="code"
    name="code"
    value={value}
    inputmode="numeric"
    autocomplete="one-time-code"
    maxLength={200}
    ref={(element) => {
      // Once, when it comes: typing goes straight on.
      if (element && document.activeElement === document.body) element.focus()
    }}
    onInput={(event) => {
      const digits = event.currentTarget.value.replace(/\D/g, '').slice(0, codeDigits)
      event.currentTarget.value = digits
      onInput(digits)
      if (digits.length === codeDigits && digits !== value) onFull?.(digits)
    }}
  />
)
