import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { decideUpload, plainFilename } from '../../../worker/conversations/file-kinds.ts'
import { chunkBytes } from '../../../worker/crypto/chunks.ts'
import { openSlice } from '../../../worker/custody/files.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { keepObject } from '../../../worker/media/objects.ts'
import { decideRange, fileHeaders } from '../../../worker/media/serving.ts'
import { ana, monsoon, sol } from '../../support/cast.ts'
import { signInAs } from '../../support/session.ts'
import { ask, keyFor } from '../api/stage.ts'
import { digest, jpeg, openStage, type Stage } from './stage.ts'

let stage: Stage
let key = ''
beforeAll(async () => {
  stage = await openStage()
  key = await keyFor(sol)
})

/** RFC 9110, 14.1.2, read slowly. */
function reference(header: string, size: number): string {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header)
  if (!match || (match[1] === '' && match[2] === '')) return 'whole'
  const bytes = Array.from({ length: size }, (_, i) => i)
  const [from, to] = [match[1] as string, match[2] as string]
  if (from !== '' && to !== '' && Number(to) < Number(from)) return 'whole'
  const wanted =
    from === ''
      ? bytes.filter((i) => i >= size - Number(to))
      : bytes.filter((i) => i >= Number(from) && (to === '' || i <= Number(to)))
  return wanted.length === 0 ? 'unsatisfiable' : `${wanted[0]}-${wanted.at(-1)}`
}

describe('a range', () => {
  const number = fc.oneof(fc.constant(''), fc.nat(40).map(String))
  it('is what RFC 9110 says, of a file of any size', () => {
    fc.assert(
      fc.property(number, number, fc.nat(30), (from, to, size) => {
        const header = `bytes=${from}-${to}`
        const answer = decideRange(header, size)
        const shown = answer.kind === 'part' ? `${answer.range.start}-${answer.range.end}` : answer.kind
        expect(shown).toBe(reference(header, size))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'items=0-1',
    'bytes=0-1,3-4',
    'bytes=a-b',
    'bytes=1e3-',
  ])('that is %s is the whole', (header) => expect(decideRange(header, 10)).toEqual({ kind: 'whole' }))
})

describe('a slice of a sealed file', () => {
  it('is the slice of what was sealed, wherever it begins and ends', async () => {
    const { accountId } = sol
    const sealKey = await keeperOf(env.KEEPER, accountId).keyFor('cnt_slices')
    const sizes = [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes, 3 * chunkBytes + 5]
    const files = await Promise.all(
      sizes.map(async (size) => {
        const [bytes, name] = [jpeg(size), `media/${accountId}/cnt_slices/msg_${size}`]
        const parts = (async function* () {
          yield bytes
        })()
        const accept = async () => true
        await keepObject(env.FILES, {
          key: sealKey,
          name,
          mime: 'image/jpeg',
          parts,
          mostBytes: size,
          accept,
        })
        return { bytes, name }
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.nat(), async ({ bytes, name }, a, b) => {
        const start = bytes.length === 0 ? 0 : a % bytes.length
        const end = Math.min(bytes.length, start + 1 + (b % (bytes.length + 1)))
        const slice = await openSlice(env.KEEPER, env.FILES, accountId, name, Date.now(), () => ({
          start,
          end,
        }))
        expect(slice?.bytes).toBe(bytes.length)
        const found: number[] = []
        for await (const part of slice?.parts ?? []) for (const byte of part) found.push(byte)
        expect(digest(Uint8Array.from(found))).toBe(digest(bytes.subarray(start, end)))
      }),
      { numRuns: 30 },
    )
  })
})

describe('a file at the door', () => {
  it('answers a part, the end, what is beyond it, and what the caller has already', async () => {
    const bytes = jpeg(150_000)
    const id = await stage.arrive(sol, ana, { bytes })
    await stage.queue(sol.accountId, [id])
    const get = (headers: Record<string, string>) => ask(`/api/v1/messages/${id}/media`, { key, headers })
    const part = await get({ range: 'bytes=70000-140000' })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe('bytes 70000-140000/150000')
    expect(digest(await part.arrayBuffer())).toBe(digest(bytes.subarray(70_000, 140_001)))
    const end = await get({ range: 'bytes=-10' })
    expect(digest(await end.arrayBuffer())).toBe(digest(bytes.subarray(-10)))
    const beyond = await get({ range: 'bytes=150000-' })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */150000'])
    const whole = await get({ range: 'bytes=0-1,5-6' })
    expect([whole.status, (await whole.arrayBuffer()).byteLength]).toEqual([200, 150_000])
    const etag = whole.headers.get('etag') as string
    expect((await get({ 'if-none-match': etag })).status).toBe(304)
    expect((await get({ range: 'bytes=0-1', 'if-range': etag })).status).toBe(206)
    expect((await get({ range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200)
    expect(whole.headers.get('cache-control')).toContain('no-store')
    expect(whole.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect((await ask(`/api/v1/messages/${id}/media`)).status).toBe(401)
  })

  it.each([
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/xml',
    'application/pdf',
    'text/javascript',
  ])('of %s is never a page', async (mime) => {
    const bytes = new TextEncoder().encode('<svg onload="alert(1)">') as Uint8Array<ArrayBuffer>
    const id = await stage.arrive(sol, ana, { type: 'document', mime, bytes, more: { filename: 'x.html' } })
    await stage.queue(sol.accountId, [id])
    const answer = await ask(`/api/v1/messages/${id}/media`, { key })
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment;/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('keeps its name, whatever is in it, within the header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (name) => {
        const { 'content-disposition': header = '' } = fileHeaders('image/png', name, true)
        expect(() => new Headers({ 'content-disposition': header })).not.toThrow()
        const encoded = /filename\*=UTF-8''(\S+)$/.exec(header)?.[1] ?? ''
        expect(decodeURIComponent(encoded)).toBe(name.toWellFormed())
        expect(header).toMatch(/^attachment; filename="[\w .()-]*"; filename\*=UTF-8''[\w.!~%-]*$/)
      }),
    )
  })
})

describe('what WhatsApp takes', () => {
  const head = (...parts: (string | number[])[]) =>
    Uint8Array.from(
      parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (c) => c.charCodeAt(0)) : part)),
    )
  it.each([
    ['image/jpeg', head([0xff, 0xd8, 0xff, 0xe0]), 'image'],
    ['image/png', head([0x89], 'PNG\r\n', [0x1a], '\n'), 'image'],
    ['image/webp', head('RIFF', [0, 0, 0, 0], 'WEBPVP8 '), 'sticker'],
    ['audio/ogg; codecs=opus', head('OggS', Array(24).fill(0), 'OpusHead', [1, 1]), 'audio'],
    ['video/mp4', head([0, 0, 0, 24], 'ftypmp42'), 'video'],
    ['application/pdf', head('%PDF-1.7'), 'document'],
    ['text/plain', head('hello'), 'document'],
  ])('%s is taken by its own beginning, and by no other', (mime, bytes, kind) => {
    expect(decideUpload(mime, bytes, undefined)).toMatchObject({ ok: true, kind })
    if (mime !== 'text/plain')
      expect(decideUpload(mime, head('<html>'), undefined)).toMatchObject({ ok: false, reason: 'content' })
    expect(decideUpload(mime, head(), 0)).toMatchObject({ ok: false, reason: 'empty' })
  })

  it('is shown to members whose role reads conversations, by cookie alone when the address names the workspace', async () => {
    const id = await stage.arrive(sol, ana)
    await stage.queue(sol.accountId, [id])
    const path = `/api/v1/messages/${id}/media`
    const email = 'both@example.com'
    const agent = await signInAs(sol, 'agent', { email })
    // Joined last: without a word about the workspace this one is meant.
    const there = await signInAs(monsoon, 'agent', { email })
    const { cookie } = agent.headers
    expect((await ask(`${path}?workspace=${sol.accountId}`, { headers: { cookie } })).status).toBe(200)
    expect((await ask(path, { headers: { cookie } })).status).toBe(404)
    expect((await ask(path, { headers: there.headers })).status).toBe(404)
    expect((await ask(`${path}?workspace=acc_none`, { headers: { cookie } })).status).toBe(404)
    const seen = { privacy_officer: 200, developer: 404, admin: 200 } as const
    for (const [role, status] of Object.entries(seen)) {
      const { headers } = await signInAs(sol, role as keyof typeof seen)
      expect((await ask(path, { headers })).status).toBe(status)
    }
    const retry = await ask(`${path}/retry`, {
      method: 'POST',
      headers: { ...agent.headers, origin: 'https://else.test' },
    })
    expect(retry.status).toBe(403)
  })

  it.each(['text/html', 'image/svg+xml', 'image/gif', '', 'application/zip'])('%s is not', (mime) => {
    expect(decideUpload(mime, head('x'), undefined)).toMatchObject({ ok: false, reason: 'type' })
  })

  it('has the limits of Meta: pictures, sound, stickers that move and those that do not, one channel', () => {
    const most = (mime: string, bytes: Uint8Array) => {
      const looked = decideUpload(mime, bytes, undefined)
      return looked.ok ? looked.mostBytes : 0
    }
    expect(most('image/jpeg', head([0xff, 0xd8, 0xff]))).toBe(5 * 1024 * 1024)
    expect(most('image/webp', head('RIFF', [0, 0, 0, 0], 'WEBPVP8 '))).toBe(100 * 1024)
    expect(most('image/webp', head('RIFF', [0, 0, 0, 0], 'WEBPVP8X', [10, 0, 0, 0, 2]))).toBe(500 * 1024)
    const stereo = head('OggS', Array(24).fill(0), 'OpusHead', [1, 2])
    expect(decideUpload('audio/ogg', stereo, undefined)).toMatchObject({ ok: false, reason: 'stereo' })
    const jpegHead = head([0xff, 0xd8, 0xff])
    expect(decideUpload('image/jpeg', jpegHead, 6 * 1024 * 1024)).toMatchObject({ ok: false, reason: 'size' })
  })

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\x\\tarta.pdf', 'tarta.pdf'],
    ['tarta%20%C3%B1.pdf', 'tarta ñ.pdf'],
    ['%zz', '%zz'],
    ['a\u202egpj.exe', 'agpj.exe'],
    ['..', undefined],
    ['', undefined],
  ])('a file called %s is called %s', (given, name) => expect(plainFilename(given)).toBe(name))
})
