// The simulator on a real port: sockets that are cut, a world that is kept, names that are refused.

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Served, serveMeta } from './meta/serve.ts'
import { sol } from './meta-fixture.ts'

const open: Served[] = []
const start = async (options: Parameters<typeof serveMeta>[0] = {}): Promise<Served> => {
  const served = await serveMeta({ port: 0, ...options })
  open.push(served)
  return served
}
const post = (url: string, body: unknown, headers = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const bearer = { Authorization: `Bearer ${sol.token}` }
const hello = {
  messaging_product: 'whatsapp',
  to: '+34600111222',
  type: 'template',
  template: { name: 'hello_world', language: { code: 'en_US' } },
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((served) => served.close()))
})

describe('the served simulator', () => {
  it('destroys the socket when a call is cut, then answers again', async () => {
    const { url } = await start()
    await post(`${url}/_sim/faults`, { kind: 'cut', path: '/messages' })
    const send = () => post(`${url}/v25.0/${sol.phone}/messages`, hello, bearer)
    await expect(send()).rejects.toThrow()
    expect((await send()).status).toBe(200)
  })

  it('delivers by its own clock, and a flush resolves while timers run', async () => {
    const bodies: string[] = []
    const gateway = createServer((call, answer) => {
      call.on('data', (part) => bodies.push(String(part)))
      call.on('end', () => answer.end('ok'))
    }).listen(0, '127.0.0.1')
    await once(gateway, 'listening')
    const { port } = gateway.address() as AddressInfo
    const { url } = await start({
      callbackUrl: `http://127.0.0.1:${port}/webhooks/meta`,
      settings: { batchMs: 1 },
    })
    const message = { phone_number_id: sol.phone, from: '34600111222', text: 'uno' }
    await post(`${url}/_sim/messages`, message)
    await expect.poll(() => bodies.join('')).toContain('uno')
    await post(`${url}/_sim/messages`, { ...message, text: 'dos' })
    expect((await post(`${url}/_sim/flush`, {})).status).toBe(200)
    expect(bodies.join('')).toContain('dos')
    gateway.close()
    gateway.closeAllConnections()
  })

  it('names itself in media URLs', async () => {
    const { url } = await start()
    await post(`${url}/_sim/messages`, { phone_number_id: sol.phone, from: '34600111222', type: 'document' })
    const { data } = (await (await fetch(`${url}/_sim/received`)).json()) as {
      data: { message: { document: { url: string } } }[]
    }
    const file = await fetch(data[0]?.message.document.url ?? '', { headers: bearer })
    expect([file.status, file.headers.get('Content-Type')]).toEqual([200, 'application/pdf'])
  })

  it('keeps its world in a file between two runs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'meta-sim-'))
    const file = join(folder, 'world.json')
    const first = await start({ file })
    await post(`${first.url}/v25.0/${sol.phone}/messages`, hello, bearer)
    await first.close()
    const second = await start({ file })
    const outbox = (await (await fetch(`${second.url}/_sim/outbox`)).json()) as { data: unknown[] }
    expect(outbox.data).toHaveLength(1)
    await second.close()
    await rm(folder, { recursive: true })
  })

  it('refuses a port that is taken', async () => {
    const { port } = await start()
    await expect(serveMeta({ port })).rejects.toThrow('EADDRINUSE')
  })

  it('answers only to names of this machine', async () => {
    const { port } = await start()
    const status = await new Promise((resolve, reject) => {
      const call = request(
        { port, host: '127.0.0.1', path: '/_sim/state', headers: { Host: 'evil.test' } },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        },
      )
      call.on('error', reject)
      call.end()
    })
    expect(status).toBe(403)
  })
})
