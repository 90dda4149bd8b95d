// What the shared steps ask of an SDK, and what a test says about the SDK it brings. Called by steps.ts and by the
// *.test.ts beside it.

import type { Place } from './place.ts'

export type Access = { baseUrl: string; key: string; phoneNumberId: string }
/** As the SDK's own parser gave them. */
export type Sent = { wamid: string; waId: string | undefined }
type FoundMedia = { id: string; url: string; mimeType: string; size: number }
/** What the SDK's own error type says of a refusal. */
export type Refused = { code: number; message: string; details: string | undefined }

export type Buttons = { body: string; buttons: { id: string; title: string }[] }
export type List = {
  body: string
  button: string
  title: string
  rows: { id: string; title: string; description: string }[]
}
export type NamedTemplate = { name: string; language: string; parameters: { name: string; text: string }[] }

export type Client = {
  sendText(to: string, body: string, replyTo?: string): Promise<Sent>
  sendTemplate(to: string, template: NamedTemplate): Promise<Sent>
  uploadImage(bytes: Uint8Array<ArrayBuffer>, mimeType: 'image/png'): Promise<string>
  sendImage(to: string, mediaId: string, caption: string): Promise<Sent>
  sendReaction(to: string, wamid: string, emoji: string): Promise<Sent>
  sendButtons(to: string, buttons: Buttons): Promise<Sent>
  sendList(to: string, list: List): Promise<Sent>
  /** True when the SDK read the answer as success. */
  markRead(wamid: string): Promise<boolean>
  lookUpMedia(mediaId: string): Promise<FoundMedia>
  downloadMedia(found: FoundMedia): Promise<ArrayBuffer>
  /** Undefined when the SDK reports no refusal. */
  refusalOf(call: (client: Client) => Promise<unknown>): Promise<Refused | undefined>
}

export type Sdk = {
  name: string
  connect(access: Access): Client
  /** What the SDK itself puts into a template's language beside the code. */
  languageExtras?: Record<string, string>
  /** Further guarantees that only this SDK can show. */
  more?: (place: () => Place) => void
}
