// One POST over a keep-alive agent, answered with status and text. For the generators, which cannot use
// `fetch`: its overhead would be measured along.

import { type Agent, request } from 'node:http'

export interface Answer {
  status: number
  text: string
}

const timeoutMs = 15_000

export const post = (
  agent: Agent,
  url: URL,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sending = request(
      url,
      {
        agent,
        method: 'POST',
        timeout: timeoutMs,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
        )
        answer.once('error', reject)
      },
    )
    sending.once('timeout', () => sending.destroy(new Error('no answer in time')))
    sending.once('error', reject)
    sending.end(body)
  })
