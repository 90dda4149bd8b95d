// What every published WhatsApp SDK must be able to do through the gateway, written once: the three SDK tests differ
// only in how their SDK is called. Called by the *.test.ts beside it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ana, ravi } from '../../simulators/meta/cast.ts'
import { sampleMedia } from '../../simulators/meta/media-samples.ts'
import type { Access, Buttons, Client, List, NamedTemplate, Refused, Sdk, Sent } from './client.ts'
import { api, messagesWith, openPlace, type Place, sim, until } from './place.ts'
import { growsToDelivered, messageOf, neighbour, type Outgoing, outbox, overhear } from './watch.ts'

const to = `+${ana.phone}`
const buttons: Buttons = {
  body: '¿Recoge hoy o mañana?',
  buttons: [
    { id: 'today', title: 'Hoy' },
    { id: 'tomorrow', title: 'Mañana' },
  ],
}
const list: List = {
  body: 'Nuestro pan de hoy',
  button: 'Ver panes',
  title: 'Del horno',
  rows: [
    { id: 'rye', title: 'Centeno', description: 'Medio kilo, masa madre' },
    { id: 'spelt', title: 'Espelta', description: 'Un kilo' },
  ],
}
const template: NamedTemplate = {
  name: 'order_ready',
  language: 'en_US',
  parameters: [
    { name: 'customer', text: 'Ana' },
    { name: 'order', text: 'B-12' },
  ],
}

export function describeSdk(sdk: Sdk): void {
  describe(`${sdk.name} through the gateway`, () => {
    let place: Place
    let client: Client
    let question: string
    let untouched: string
    const listening = overhear(() => place?.url)

    const connect = (change: Partial<Access> = {}): Client =>
      sdk.connect({
        baseUrl: place.url,
        key: place.sol.apiKey,
        phoneNumberId: place.sol.phoneNumberId,
        ...change,
      })

    beforeAll(async () => {
      place = await openPlace()
      client = connect()
      const inbound = {
        phone_number_id: place.sol.phoneNumberId,
        person: ana.id,
        text: '¿Tienen pan de centeno?',
      }
      question = (await sim<{ id: string }>(place, 'messages', inbound)).id
      await until('the question', () => messageOf(place, question))
      await sim(place, 'messages', {
        phone_number_id: place.books.phoneNumberId,
        person: ravi.id,
        text: 'Do you have Tagore?',
      })
      await until(
        'the neighbour’s message',
        async () => (await messagesWith(place, place.books, ravi.phone))[0],
      )
      untouched = await neighbour(place)
    })

    afterAll(async () => {
      listening.stop()
      await place?.close()
    })

    /** One message more has left, it is exactly this one, and it stands in the conversation, delivered. */
    async function arrives(
      send: () => Promise<Sent>,
      type: string,
      content: unknown,
      replyTo?: string,
    ): Promise<Outgoing> {
      const before = await outbox(place, place.sol.phoneNumberId)
      const { wamid, waId } = await send()
      expect(waId).toBe(ana.phone)
      const added = (await outbox(place, place.sol.phoneNumberId)).slice(before.length)
      expect(added.map(({ id, person, dropped }) => ({ id, person, dropped }))).toEqual([
        { id: wamid, person: ana.id, dropped: false },
      ])
      const [arrived] = added as [Outgoing]
      // The gateway's own id travels here; everything else is the SDK's.
      const { biz_opaque_callback_data: _, ...payload } = arrived.payload
      const context = replyTo === undefined ? {} : { context: { message_id: replyTo } }
      expect(payload).toEqual({
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to,
        type,
        [type]: content,
        ...context,
      })
      const stands = await growsToDelivered(place, wamid)
      expect(stands).toMatchObject({ direction: 'out', type, content, replyTo: replyTo ?? null, error: null })
      return arrived
    }

    /** Nothing has left, and the SDK's own error type carries Meta's code. */
    async function refuses(by: Client, call: (client: Client) => Promise<unknown>): Promise<Refused> {
      const before = await outbox(place, place.sol.phoneNumberId)
      const refused = await by.refusalOf(call)
      expect(await outbox(place, place.sol.phoneNumberId)).toEqual(before)
      if (!refused) throw new Error('the SDK reports no refusal')
      return refused
    }

    it('sends a text that arrives as written and whose status grows to delivered', async () => {
      const body = 'Sí, abrimos a las ocho ☀ https://sol.example/pan'
      const { id } = await arrives(() => client.sendText(to, body), 'text', { body })
      expect((await messageOf(place, id))?.text).toBe(body)
    })

    it('answers a message in its context', async () => {
      await arrives(
        () => client.sendText(to, 'De centeno, sí.', question),
        'text',
        { body: 'De centeno, sí.' },
        question,
      )
    })

    it('sends a template whose parameters the person reads', async () => {
      const parameters = template.parameters.map(({ name, text }) => ({
        type: 'text',
        parameter_name: name,
        text,
      }))
      const language = { code: template.language, ...sdk.languageExtras }
      const content = { name: template.name, language, components: [{ type: 'body', parameters }] }
      const { rendered } = await arrives(() => client.sendTemplate(to, template), 'template', content)
      expect(rendered?.body).toBe('Dear Ana, order B-12 can be collected today.')
    })

    it('uploads an image and sends it by its id, and the person gets its bytes', async () => {
      const { bytes } = sampleMedia('image')
      const id = await client.uploadImage(bytes, 'image/png')
      await arrives(() => client.sendImage(to, id, 'Recién hecho'), 'image', { id, caption: 'Recién hecho' })
      const onPhone = await fetch(`${place.metaUrl}/_sim/media/${id}`)
      expect(new Uint8Array(await onPhone.arrayBuffer())).toEqual(bytes)
    })

    it('sends reply buttons', async () => {
      const replies = buttons.buttons.map(({ id, title }) => ({ type: 'reply', reply: { id, title } }))
      const content = { type: 'button', body: { text: buttons.body }, action: { buttons: replies } }
      await arrives(() => client.sendButtons(to, buttons), 'interactive', content)
    })

    it('sends a list', async () => {
      const action = { button: list.button, sections: [{ title: list.title, rows: list.rows }] }
      await arrives(() => client.sendList(to, list), 'interactive', {
        type: 'list',
        body: { text: list.body },
        action,
      })
    })

    it('reacts to a message, and the reaction stands on it', async () => {
      const before = await outbox(place, place.sol.phoneNumberId)
      const { wamid } = await client.sendReaction(to, question, '🥐')
      const added = (await outbox(place, place.sol.phoneNumberId)).slice(before.length)
      expect(added).toMatchObject([
        {
          id: wamid,
          person: ana.id,
          payload: { type: 'reaction', reaction: { message_id: question, emoji: '🥐' } },
        },
      ])
      const reactions = await until('the reaction', async () => {
        const standing = (await messageOf(place, question))?.reactions ?? []
        return standing.length > 0 ? standing : undefined
      })
      expect(reactions).toMatchObject([{ emoji: '🥐', from: 'business' }])
    })

    it('marks a message as read', async () => {
      const readAt = async () => {
        const { data } = await sim<{ data: { id: string; readAt: number | null }[] }>(
          place,
          `received?phone_number_id=${place.sol.phoneNumberId}`,
        )
        return data.find(({ id }) => id === question)?.readAt
      }
      expect(await readAt()).toBeNull()
      expect(await client.markRead(question)).toBe(true)
      expect(await readAt()).toEqual(expect.any(Number))
    })

    it('looks up and downloads what a person sent, from the gateway and byte for byte', async () => {
      const { bytes, mime } = sampleMedia('image')
      const { id } = await sim<{ id: string }>(place, 'messages', {
        phone_number_id: place.sol.phoneNumberId,
        person: ana.id,
        type: 'image',
      })
      const { content } = await until('the picture', () => messageOf(place, id))
      const found = await client.lookUpMedia((content as { id: string }).id)
      expect(found).toMatchObject({ id: (content as { id: string }).id, mimeType: mime, size: bytes.length })
      expect(new URL(found.url).origin).toBe(place.url)
      expect(new Uint8Array(await client.downloadMedia(found))).toEqual(bytes)
    })

    it('surfaces 131047 when the person has not written within a day', async () => {
      const refused = await refuses(client, (by) => by.sendText(`+${ravi.phone}`, 'Hello?'))
      expect(refused).toMatchObject({
        code: 131047,
        message: expect.stringContaining('Re-engagement message'),
      })
      expect(refused.details).toContain('24 hours')
      expect(await messagesWith(place, place.sol, ravi.phone)).toEqual([])
    })

    it('surfaces what Meta itself refuses, with Meta’s code', async () => {
      await sim(place, 'faults', { kind: 'error', code: 130429, method: 'POST', path: '/messages' })
      const refused = await refuses(client, (by) => by.sendText(to, 'Demasiado rápido'))
      expect(refused).toMatchObject({ code: 130429, message: expect.stringContaining('Rate limit hit') })
    })

    it('surfaces 100 for the number of another business', async () => {
      const foreign = connect({ phoneNumberId: place.books.phoneNumberId })
      const refused = await refuses(foreign, (by) => by.sendText(`+${ravi.phone}`, 'Not ours'))
      expect(refused).toMatchObject({
        code: 100,
        message: expect.stringContaining(place.books.phoneNumberId),
      })
    })

    it('surfaces 190 once the key is revoked', async () => {
      const made = await api<{ id: string; key: string }>(place, place.sol, 'keys', {
        name: sdk.name,
        scopes: ['messages:send'],
      })
      const mortal = connect({ key: made.key })
      await arrives(() => mortal.sendText(to, 'Última vez'), 'text', { body: 'Última vez' })
      await api(place, place.sol, `keys/${made.id}`, undefined, 'DELETE')
      expect(await refuses(mortal, (by) => by.sendText(to, 'Nunca'))).toMatchObject({ code: 190 })
    })

    sdk.more?.(() => place)

    it('leaves the neighbour as it was', async () => {
      expect(await neighbour(place)).toBe(untouched)
    })

    it('shows Meta’s token in no answer and in no log line', () => {
      expect(listening.heard.length).toBeGreaterThan(50)
      expect(place.logs.join('\n')).toContain('130429')
      for (const token of place.metaTokens)
        expect([...listening.heard, ...place.logs].filter((text) => text.includes(token))).toEqual([])
    })
  })
}
