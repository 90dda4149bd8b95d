// Files that Meta wants to see beforehand: heads of templates, pictures of profiles.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { limits } from '../../../worker/ground/limits.ts'
import { monsoon, sol } from '../../support/cast.ts'
import { rowsOf } from '../../support/intake.ts'
import { ask, dumpOf, keyFor, read } from '../api/stage.ts'
import { type MetaStage, openMeta } from './stage.ts'

let stage: MetaStage
let key: string
let theirs: string
let neighbour: string

/** That the neighbour asked is all that may be new. */
const others = async () =>
  (await dumpOf(monsoon.accountId)).replaceAll(/"last_used_at":\d+/g, '"last_used_at":null')

beforeEach(async () => {
  for (const table of ['templates', 'audit_entries', 'wabas'])
    await env.DB.prepare(`DELETE FROM ${table}`).run()
  stage = await openMeta()
  ;[key, theirs] = await Promise.all([keyFor(sol), keyFor(monsoon)])
  await env.DB.prepare(`DELETE FROM audit_entries`).run()
  neighbour = await others()
})
afterEach(async () => {
  vi.unstubAllGlobals()
  expect(await others()).toBe(neighbour)
})

const bytesOf = (head: number[], size = 4000) =>
  Uint8Array.from({ length: size }, (_, i) => head[i] ?? i % 251)
const png = bytesOf([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const pdf = bytesOf([0x25, 0x50, 0x44, 0x46, 0x2d])
const mp4 = bytesOf([0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70])

const sample = (body: Uint8Array, type: string, { query = '', own = key } = {}) =>
  ask(`/api/v1/templates/samples${query}`, {
    ...{ key: own, body },
    headers: { 'content-type': type },
  })
const picture = (body: Uint8Array, type = 'image/png', own = key) =>
  ask(`/api/v1/numbers/${sol.numberId}/profile/picture`, {
    ...{ key: own, body, method: 'PUT' },
    headers: { 'content-type': type },
  })
const create = (format: string, handle: string) =>
  ask('/api/v1/templates', {
    key,
    body: {
      ...{ name: 'cake_ready', language: 'en_US', category: 'UTILITY' },
      components: [
        { type: 'HEADER', format, example: { header_handle: [handle] } },
        { type: 'BODY', text: 'Your cake is ready today.' },
      ],
    },
  })
const actions = async () => (await rowsOf('audit_entries', 'rowid')).map(({ action }) => action)

describe('a sample for the head of a template', () => {
  it.each([
    ['IMAGE', png, 'image/png'],
    ['VIDEO', mp4, 'video/mp4'],
    ['DOCUMENT', pdf, 'application/pdf'],
  ])(
    'of the format %s arrives at Meta byte by byte, and the template that names it is taken',
    async (format, bytes, mime) => {
      const answer = await sample(bytes, mime)
      expect(answer.status).toBe(201)
      const uploaded = (await read(answer)) as unknown as { handle: string; format: string }
      expect(uploaded.format).toBe(format)
      const [opened, sent] = stage.calls
      expect(new URL(opened?.url as string).searchParams.get('file_name')).toBe(
        `sample.${mime.split('/')[1]}`,
      )
      expect(sent?.headers.get('authorization')).toBe(`OAuth ${sol.token}`)
      expect(new Uint8Array((await sent?.arrayBuffer()) as ArrayBuffer)).toEqual(bytes)
      expect((await create(format, uploaded.handle)).status).toBe(201)
      const wrong = format === 'IMAGE' ? 'VIDEO' : 'IMAGE'
      expect((await create(wrong, uploaded.handle)).status).toBe(422)
      expect(await actions()).toEqual(['template.sample', 'template.create'])
    },
  )

  it.each([
    ['nothing', new Uint8Array(), 'image/png', 422],
    ['another type than it says', pdf, 'image/png', 422],
    ['a type that Meta does not take here', bytesOf([0xff, 0xfb]), 'audio/mpeg', 422],
    ['no type', png, '', 422],
    ['a picture over 5 MB', bytesOf([...png.subarray(0, 8)], 5 * 1024 * 1024 + 1), 'image/png', 422],
    [
      'more than goes through memory',
      bytesOf([...pdf.subarray(0, 5)], limits.sampleBytes + 1),
      'application/pdf',
      413,
    ],
  ])('with %s is refused before Meta is asked', async (_, bytes, mime, status) => {
    expect((await sample(bytes, mime)).status).toBe(status)
    expect(stage.calls).toEqual([])
    expect(await actions()).toEqual([])
  })

  it('for an account of somebody else goes nowhere', async () => {
    expect((await sample(png, 'image/png', { query: `?wabaId=${monsoon.wabaId}` })).status).toBe(404)
    expect((await sample(png, 'image/png', { query: `?wabaId=${sol.wabaId}`, own: theirs })).status).toBe(404)
    expect(stage.calls).toEqual([])
  })

  it.each([
    ['an address', 'https://evil.example/upload'],
    ['a way up', 'upload:../me'],
    ['nothing', ''],
  ])('goes nowhere when Meta names as its place %s', async (_, id) => {
    stage.answerInstead(() => Response.json({ id }))
    expect((await sample(png, 'image/png')).status).toBe(502)
    expect(stage.calls).toHaveLength(1)
    expect(await actions()).toEqual([])
  })

  it('that Meta does not take to its end has no handle', async () => {
    stage.answerInstead((request) =>
      request.url.includes('/upload%3A') || request.url.includes('/upload:')
        ? Response.json({ id: 'upload:x', file_offset: 12 })
        : undefined,
    )
    expect((await sample(png, 'image/png')).status).toBe(502)
    expect(await actions()).toEqual([])
  })
})

describe('the picture of a number', () => {
  it('is shown at Meta once it is there, and the ledger says that it was changed', async () => {
    const before = await read(await ask(`/api/v1/numbers/${sol.numberId}/profile`, { key }))
    const changed = await read(await picture(png))
    expect(changed.pictureUrl).toMatch(/^https:\/\/pps\.whatsapp\.net\//)
    expect(changed).toEqual({ ...before, pictureUrl: changed.pictureUrl })
    const [entry] = (await rowsOf('audit_entries', 'rowid')).filter((row) => row.action === 'number.profile')
    expect(entry).toMatchObject({ reason: 'picture', subject: sol.numberId })
  })

  it('is a picture, of the own number', async () => {
    expect((await picture(pdf, 'application/pdf')).status).toBe(422)
    expect((await picture(png.subarray(1))).status).toBe(422)
    expect((await picture(png, 'image/png', theirs)).status).toBe(404)
    expect(stage.calls).toEqual([])
  })

  it('stays as it was when Meta refuses the file', async () => {
    stage.answerInstead((request) =>
      request.url.includes('/uploads') ? Response.json({ error: { code: 100 } }, { status: 400 }) : undefined,
    )
    expect((await picture(png)).status).toBe(422)
    expect(await actions()).toEqual([])
  })
})
