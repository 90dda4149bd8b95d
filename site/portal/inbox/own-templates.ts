// The templates that a conversation can use: those of the account of its number. Loaded with the parts that show them.

import type { Result } from '../client.ts'
import * as api from './api.ts'
import { book } from './state.ts'
import type { Template } from './types.ts'

/** A number stays with its account for as long as a page is open. */
const accounts = new Map<string, string>()

async function loadAccount(conversationId: string): Promise<Result<string>> {
  const known = book.value.byId.get(conversationId)
  const found = known ? ({ ok: true, data: known } as const) : await api.loadConversation(conversationId)
  if (!found.ok) return found
  const { numberId } = found.data
  const account = accounts.get(numberId)
  if (account !== undefined) return { ok: true, data: account }
  const number = await api.loadNumber(numberId)
  if (!number.ok) return number
  accounts.set(numberId, number.data.wabaId)
  return { ok: true, data: number.data.wabaId }
}

export async function loadOwnTemplates(
  conversationId: string,
  q: string,
): Promise<Result<api.Page<Template>>> {
  const account = await loadAccount(conversationId)
  return account.ok ? api.loadTemplates(q, account.data) : account
}
