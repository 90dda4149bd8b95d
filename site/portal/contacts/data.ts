// What the screens of contacts ask the API, and the shapes they get. Called by every screen here.

import type { InferResponseType } from 'hono/client'
import { api, call } from '../client.ts'

export type Contact = Extract<
  InferResponseType<(typeof api.contacts)[':id']['$get'], 200>,
  { id: string; values: unknown }
>
export type Listed = InferResponseType<typeof api.contacts.$get, 200>['data'][number]
export type FieldOf = InferResponseType<typeof api.fields.$get, 200>['data'][number]
export type Consent = InferResponseType<(typeof api.contacts)[':id']['consents']['$get'], 200>['data'][number]
export type OwnNumber = InferResponseType<typeof api.numbers.$get, 200>['data'][number]
export type Entry = InferResponseType<(typeof api.contacts)[':id']['history']['$get'], 200>['data'][number]

export const loadContact = (id: string) => call(api.contacts[':id'].$get({ param: { id } }))
export const loadNumbers = () => call(api.numbers.$get({ query: {} }))
export const loadFields = () => call(api.fields.$get())

/** What somebody is called when there is no name. */
export const nameOf = (contact: Pick<Contact, 'name' | 'username' | 'phone'>, nameless: string): string =>
  contact.name ?? contact.username ?? (contact.phone ? shownPhone(contact.phone) : nameless)

/** WhatsApp writes digits alone; one that is masked has its plus already. */
export const shownPhone = (phone: string): string => (/^\d/.test(phone) ? `+${phone}` : phone)
