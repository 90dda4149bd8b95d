// The WhatsApp accounts of the workspace by a name that a person knows: that of a number of it. Called by the screens of
// templates.

import { ask, type Result } from '../client.ts'

export type Account = { id: string; label: string }
type OwnNumber = { wabaId: string; verifiedName: string | null }

/** Each with the verified name of a number of it, else its id; with both where two have one name. */
export function labelled(ids: readonly string[], numbers: readonly OwnNumber[]): Account[] {
  const named = ids.map((id) => ({
    id,
    name: numbers.find(({ wabaId, verifiedName }) => wabaId === id && verifiedName)?.verifiedName,
  }))
  return named.map(({ id, name }) => {
    if (!name) return { id, label: id }
    const isShared = named.some((other) => other.id !== id && other.name === name)
    return { id, label: isShared ? `${name} (${id})` : name }
  })
}

export async function loadAccounts(): Promise<Result<Account[]>> {
  const [accounts, numbers] = await Promise.all([
    ask<{ data: { wabaId: string }[] }>('/whatsapp-accounts'),
    ask<{ data: OwnNumber[] }>('/numbers?limit=200'),
  ])
  if (!accounts.ok) return accounts
  const ids = accounts.data.data.map(({ wabaId }) => wabaId)
  return { ok: true, data: labelled(ids, numbers.ok ? numbers.data.data : []) }
}
