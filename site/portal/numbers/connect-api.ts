// What the screens of this folder ask of the API. Shapes come from the Worker's own types.

import type { InferResponseType } from 'hono/client'
import { api, call } from '../client.ts'

export type OwnNumber = InferResponseType<(typeof api.numbers)[':id']['$get'], 200>
export type Connected = InferResponseType<(typeof api.signup.attempts.completion)['$post'], 201>
export type Step = Connected['steps'][number]
export type Checkup = InferResponseType<(typeof api.numbers)[':id']['checkups']['$get'], 200>['data'][number]

const id = (value: string) => ({ param: { id: value } })

export const beginSignup = () => call(api.signup.attempts.$post())
export const completeSignup = (json: {
  state: string
  code: string
  wabaId?: string
  phoneNumberId?: string
  coexistence?: boolean
}) => call(api.signup.attempts.completion.$post({ json }))
export const connectByHand = (json: { wabaId: string; phoneNumberId: string; accessToken: string }) =>
  call(api.numbers.$post({ json }))
export const loadAccounts = () => call(api['whatsapp-accounts'].$get())
export const lookForNumbers = (wabaId: string) =>
  call(api['whatsapp-accounts'][':id'].numbers.$post(id(wabaId)))
export const loadNumber = (numberId: string) => call(api.numbers[':id'].$get(id(numberId)))
export const disconnect = (numberId: string) => call(api.numbers[':id'].$delete(id(numberId)))
export const loadCheckups = (numberId: string) => call(api.numbers[':id'].checkups.$get(id(numberId)))
export const runCheckups = (numberId: string) => call(api.numbers[':id'].checkups.$post(id(numberId)))
export const repair = (numberId: string, check: NonNullable<Checkup['repair']>, pin?: string) =>
  call(
    api.numbers[':id'].repairs.$post({
      ...id(numberId),
      json: { check, ...(pin === undefined ? {} : { pin }) },
    }),
  )

export const numberPage = (numberId: string): string => `/portal/numbers/number?n=${numberId}`
export const connectPage = '/portal/numbers/connect'
