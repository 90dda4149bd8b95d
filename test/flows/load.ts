// Signed text messages, many at once, with a record of which were acknowledged. For tests that kill things.

import { createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import { testBindings } from '../support/bindings.ts'

export type Numbers = { wabaId: string; phoneNumberId: string }[]

const escaped = (text: string) =>
  text.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A body about `wamid`, from one of a hundred people, to the given number. */
export function signedBody(
  { wabaId, phoneNumberId }: Numbers[number],
  wamid: string,
  serial: number,
): { body: string; signature: string } {
  const from = `3460010${String(serial % 100).padStart(4, '0')}`
  const body = escaped(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: wabaId,
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '34911222333', phone_number_id: phoneNumberId },
                contacts: [
                  { profile: { name: `Persona Ñ${serial % 100}` }, wa_id: from, user_id: `ES.77${from}` },
                ],
                messages: [
                  {
                    id: wamid,
                    from,
                    from_user_id: `ES.77${from}`,
                    timestamp: '1795305600',
                    type: 'text',
                    text: { body: `mensaje ${serial} ☀` },
                  },
                ],
              },
            },
          ],
        },
      ],
    }),
  )
  return {
    body,
    signature: `sha256=${createHmac('sha256', testBindings.META_APP_SECRETS).update(body).digest('hex')}`,
  }
}

export function postSigned(
  url: string,
  agent: Agent,
  { body, signature }: { body: string; signature: string },
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const call = request(
      `${url}/webhooks/meta`,
      {
        method: 'POST',
        agent,
        timeout: 10_000,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'x-hub-signature-256': signature,
        },
      },
      (answer) => {
        answer
          .resume()
          .once('end', () => resolve(answer.statusCode))
          .once('error', () => resolve(undefined))
      },
    )
    call.once('error', () => resolve(undefined))
    call.once('timeout', () => call.destroy())
    call.end(body)
  })
}

export type Load = { acknowledged: { wamid: string; phoneNumberId: string }[]; sent: number }

/** Posts from `lanes` connections until `stop` says so or a lane's connection breaks. Bounded by `most` bodies. */
export async function load(
  url: string,
  numbers: Numbers,
  run: string,
  lanes: number,
  most: number,
  stop: () => boolean,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes })
  const result: Load = { acknowledged: [], sent: 0 }
  const lane = async () => {
    while (!stop() && result.sent < most) {
      const serial = result.sent++
      const number = numbers[serial % numbers.length] as Numbers[number]
      const wamid = `wamid.${run}.${serial}`
      const status = await postSigned(url, agent, signedBody(number, wamid, serial))
      if (status === undefined) return
      if (status === 200) result.acknowledged.push({ wamid, phoneNumberId: number.phoneNumberId })
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  agent.destroy()
  return result
}
