// What is filled in: a label, a hint, an error, and a control that knows of them.

import { type ComponentChildren, type ComponentProps, createContext } from 'preact'
import { useContext, useId } from 'preact/hooks'

type Described = { id: string; describedBy: string | undefined; invalid: boolean }
const Around = createContext<Described | undefined>(undefined)

type FieldProps = {
  label: string
  hint?: ComponentChildren
  error?: string | undefined
  children: ComponentChildren
}

/** One control inside; it takes its label, hint and error from here. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Around.Provider value={{ id, describedBy: described || undefined, invalid: Boolean(error) }}>
        {children}
      </Around.Provider>
      {error && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

/** The attributes that tie a control to the field around it: for controls of one's own, and where a `ref` is needed. */
export function useField(): { id?: string; 'aria-describedby'?: string; 'aria-invalid'?: 'true' } {
  const around = useContext(Around)
  if (!around) return {}
  return {
    id: around.id,
    ...(around.describedBy ? { 'aria-describedby': around.describedBy } : {}),
    ...(around.invalid ? { 'aria-invalid': 'true' as const } : {}),
  }
}

export const Input = (props: ComponentProps<'input'>) => <input type="text" {...useField()} {...props} />

export const TextArea = (props: ComponentProps<'textarea'>) => <textarea {...useField()} {...props} />

type Option = { value: string; label: string; disabled?: boolean }
type SelectProps = Omit<ComponentProps<'select'>, 'options'> & { options: Option[] }

export const Select = ({ options, value, ...props }: SelectProps) => (
  <select {...useField()} {...props} value={value}>
    {options.map((option) => (
      <option
        key={option.value}
        value={option.value}
        disabled={option.disabled}
        selected={option.value === value}
      >
        {option.label}
      </option>
    ))}
  </select>
)

type CheckboxProps = Omit<ComponentProps<'input'>, 'label'> & {
  label: ComponentChildren
  hint?: ComponentChildren
}

/** Has a label of its own: it needs no field. */
export function Checkbox({ label, hint, ...props }: CheckboxProps) {
  const id = useId()
  return (
    <div class="check">
      <input type="checkbox" id={id} aria-describedby={hint ? `${id}-hint` : undefined} {...props} />
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}
