import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { openMedia } from '../../../worker/meta/graph.ts'
import { ana, db, messagesPath, openStage, type Stage, schema, sol, wrote } from './stage.ts'

let stage: Stage
const png = Uint8Array.from([
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6,
  0, 0, 0,
])

beforeAll(async () => {
  stage = await openStage()
  await wrote(stage, sol, 'ana')
})

function form(bytes: Uint8Array<ArrayBuffer> = png): FormData {
  const data = new FormData()
  data.set('messaging_product', 'whatsapp')
  data.set('type', 'image/png')
  data.set('file', new File([bytes], 'cake.png', { type: 'image/png' }))
  return data
}

const uploaded = async () =>
  (await stage.call('POST', `/${sol.phoneNumberId}/media`, { raw: form() })).json.id as string

describe('media', () => {
  it('goes up, is sent, comes down through the gateway alone, and is deleted', async () => {
    const id = await uploaded()
    expect(id).toMatch(/^\d+$/)
    const sent = await stage.call('POST', messagesPath(sol), {
      body: { messaging_product: 'whatsapp', to: ana.phone, type: 'image', image: { id } },
    })
    expect(sent.status).toBe(200)
    const found = await stage.call('GET', `/${id}`)
    expect(found.json.url).toBe(
      `https://gateway.test/v25.0/${id}/download?phone_number_id=${sol.phoneNumberId}`,
    )
    expect(stage.requests.at(-1)?.url).toContain(`phone_number_id=${sol.phoneNumberId}`)
    const down = await stage.call('GET', found.json.url as string)
    expect(down.status).toBe(200)
    expect(down.headers.get('content-type')).toBe('image/png')
    expect(down.headers.get('content-disposition')).toBe('attachment')
    expect(down.headers.get('content-security-policy')).toContain('sandbox')
    expect((await stage.call('DELETE', `/${id}?phone_number_id=${sol.phoneNumberId}`)).json).toMatchObject({
      success: true,
    })
    expect((await stage.call('GET', `/${id}`)).json.error).toMatchObject({ code: 100, error_subcode: 33 })
  })

  it('of another tenant answers the bytes of a missing one', async () => {
    const id = await uploaded()
    const key = stage.keys.monsoon
    const missingId = '9019999999999999'
    for (const [method, tail] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/download'],
      ['GET', `?phone_number_id=${sol.phoneNumberId}`],
    ] as const) {
      const foreign = await stage.call(method, `/${id}${tail}`, { key })
      const missing = await stage.call(method, `/${missingId}${tail}`, { key })
      expect(foreign.status).toBe(400)
      expect(foreign.text).toBe(missing.text.replaceAll(missingId, id))
    }
    expect((await stage.call('GET', `/${id}`)).status).toBe(200)
  })

  it('needs the key and the scope on the way down, too', async () => {
    const id = await uploaded()
    expect((await stage.call('GET', `/${id}/download`, { key: 'sc_no' })).status).toBe(401)
    const key = await stage.keyWith(sol, ['messages:send'])
    expect((await stage.call('GET', `/${id}/download`, { key })).status).toBe(403)
  })

  it('asks for phone_number_id when the workspace has several numbers', async () => {
    const id = await uploaded()
    await db.insert(schema.numbers).values({
      id: 'num_second',
      accountId: sol.accountId,
      wabaId: sol.wabaId,
      phoneNumberId: '301600700800555',
      displayPhoneNumber: 'x',
      verifiedName: 'x',
      connectedAt: 1,
    })
    const answer = await stage.call('GET', `/${id}`)
    expect(answer.json.error).toMatchObject({ code: 100, gate: 'request' })
    expect(answer.json.error?.remedy).toContain('phone_number_id')
    expect((await stage.call('GET', `/${id}?phone_number_id=${sol.phoneNumberId}`)).status).toBe(200)
    await db.delete(schema.numbers).where(eq(schema.numbers.id, 'num_second'))
  })

  it('is never taken for something else: a flow is neither downloaded nor deleted as media', async () => {
    const flow = `80${sol.wabaId}`
    const own = await openStage({}, async (input, init) => {
      if (init?.method === 'DELETE') throw new Error('deleted')
      return stage.meta.fetch(new Request(input, init))
    })
    expect((await own.call('DELETE', `/${flow}`)).json.error).toMatchObject({ code: 100, error_subcode: 33 })
    expect((await own.call('GET', `/${flow}/download`)).json.error).toMatchObject({
      code: 100,
      error_subcode: 33,
    })
  })

  it('is refused when it is not a form, is compressed, or says it is too large', async () => {
    const path = `/${sol.phoneNumberId}/media`
    const asked = stage.requests.length
    const type = { 'content-type': 'multipart/form-data; boundary=x' }
    const cases: [Record<string, string>, number][] = [
      [{ 'content-type': 'application/json' }, 400],
      [{ ...type, 'content-encoding': 'gzip' }, 400],
      [{ ...type, 'content-length': String(200 * 1024 * 1024) }, 413],
    ]
    for (const [headers, status] of cases) {
      const answer = await stage.call('POST', path, { raw: '--x--', headers })
      expect(answer.status).toBe(status)
      expect(answer.json.error).toMatchObject({ code: 100, gate: 'request' })
    }
    expect(stage.requests.length).toBe(asked)
  })

  it('is cut off on the way up when it grows too large without having said so', async () => {
    let passed = 0
    const own = await openStage({ graphTimeoutMs: 20_000 }, async (_, init) => {
      const body = new Request('https://graph.test', { ...init, method: 'POST' })
        .body as ReadableStream<Uint8Array>
      for await (const chunk of body) passed += chunk.byteLength
      return Response.json({ id: '1' })
    })
    const chunk = new Uint8Array(8 * 1024 * 1024)
    let pulls = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls += 1
        if (pulls > 20) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const answer = await own.call('POST', `/${sol.phoneNumberId}/media`, {
      raw: endless,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    })
    expect(answer.status).toBe(413)
    expect(passed).toBeLessThan(102 * 1024 * 1024)
  })

  it('is fetched with the token from the hosts of Meta only, and redirects are not followed', async () => {
    const seen: { host: string; authorization: string | null; redirect: string | undefined }[] = []
    let address = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1'
    let answer = () => new Response('bytes', { headers: { 'content-type': 'text/html' } })
    const own = await openStage({}, async (input) =>
      input.includes('/901?')
        ? Response.json({ messaging_product: 'whatsapp', url: address, mime_type: 'text/html', id: '901' })
        : new Response('?'),
    )
    const fetch = async (input: string, init?: RequestInit) => {
      seen.push({
        host: new URL(input).host,
        authorization: new Headers(init?.headers).get('authorization'),
        redirect: init?.redirect,
      })
      return answer()
    }
    const open = (url: string) =>
      openMedia({ url, token: 'T', graphOrigin: 'https://graph.test', timeoutMs: 1_000, fetch })
    expect((await open(address)).kind).toBe('open')
    expect(seen).toEqual([{ host: 'lookaside.fbsbx.com', authorization: 'Bearer T', redirect: 'manual' }])
    for (const bad of [
      'https://evil.test/x',
      'http://lookaside.fbsbx.com/x',
      'https://fbsbx.com.evil.test/',
      'https://u:p@lookaside.fbsbx.com/',
      'nonsense',
    ]) {
      expect(await open(bad), bad).toEqual({ kind: 'refused', reason: 'foreign_host' })
    }
    expect(seen.length).toBe(1)
    answer = () => new Response(null, { status: 302, headers: { location: 'https://evil.test/' } })
    expect(await open(address)).toEqual({ kind: 'refused', reason: 'redirected' })
    address = 'https://evil.test/steal'
    expect((await own.call('GET', '/901/download')).json.error).toMatchObject({ code: 131052, gate: 'meta' })
  })
})
