// What colleagues are to call somebody, asked where they come into a workspace. Called by welcome/main.tsx and join.tsx.

import { api, call } from '../client.ts'
import { Field, Input } from '../ui/field.tsx'
import { ownName as words } from '../words/shell.ts'

type OwnNameProps = { value: string; onInput: (name: string) => void }

export const OwnName = ({ value, onInput }: OwnNameProps) => (
  <Field label={words.label} hint={words.hint}>
    <Input
      name="name"
      value={value}
      autocomplete="name"
      maxLength={100}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  </Field>
)

/** In the workspace of this tab. Whoever is in stays in when it fails: the name can be said on the account page as well. */
export async function saveOwnName(name: string): Promise<void> {
  if (name.trim() !== '') await call(api.session.$patch({ json: { name: name.trim() } }))
}
