import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { monsoon, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { envelope, post, render } from '../../support/webhooks.ts'
import { ask, keyFor, type Row, read } from '../api/stage.ts'
import { openMeta } from './stage.ts'

let key: string
let start: number
const metaId = '18901122334455661'

beforeEach(async () => {
  for (const table of ['templates', 'audit_entries', 'raw_events'])
    await env.DB.prepare(`DELETE FROM ${table}`).run()
  await openMeta()
  key = await keyFor(sol)
  await ask('/api/v1/templates/sync', { key, method: 'POST' })
  start = Math.floor(Date.now() / 1000)
})
afterEach(() => vi.unstubAllGlobals())

/** Meta writes the id as a number that JavaScript cannot hold. */
const tell = async (field: string, value: Record<string, unknown>, time = start + 5, wabaId = sol.wabaId) => {
  const whole = {
    message_template_id: 'ID',
    message_template_name: 'hello_world',
    message_template_language: 'en-US',
  }
  const body = render(envelope({ id: wabaId, time, changes: [{ field, value: { ...whole, ...value } }] }))
  await post(body.replace('"ID"', metaId))
  await drain()
}
const hello = async (): Promise<Row> =>
  (await read(await ask('/api/v1/templates?q=hello_world', { key }))).data[0] as Row
const status = 'message_template_status_update'

describe('what Meta tells about a template', () => {
  it('changes its status, says why in words, and is in the ledger once', async () => {
    const info = { reason: 'Two variables side by side.', recommendation: 'Put words between them.' }
    const rejected = { event: 'REJECTED', reason: 'INVALID_FORMAT', rejection_info: info }
    await tell(status, rejected)
    await tell(status, rejected)
    const told = await hello()
    expect(told).toMatchObject({ status: 'REJECTED', reason: { code: 'INVALID_FORMAT' } })
    expect((told.reason as { says: string }).says).toContain('Put words between them.')
    expect(told.components).not.toEqual([])
    const entries = (await rowsOf('audit_entries')).filter(({ action }) => action === 'template.change')
    expect(entries).toHaveLength(1)
  })

  it('in the wrong order ends with what happened last', async () => {
    await tell(status, { event: 'APPROVED', reason: 'NONE' }, start + 20)
    await tell(status, { event: 'PENDING' }, start + 10)
    expect(await hello()).toMatchObject({ status: 'APPROVED', reason: null })
    await tell(status, { event: 'PAUSED', reason: 'LOW_QUALITY' }, start + 30)
    expect(await hello()).toMatchObject({ status: 'PAUSED', reason: { code: 'LOW_QUALITY' } })
  })

  it('moves its quality, whatever field Meta writes over it, and touches nothing else', async () => {
    const before = await hello()
    await tell(status, { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW' })
    expect(await hello()).toMatchObject({
      status: before.status,
      components: before.components,
      quality: 'YELLOW',
    })
  })

  it('announces a category a day ahead and changes it when it is so', async () => {
    const at = start + 86_400
    await tell('template_category_update', {
      correct_category: 'MARKETING',
      new_category: 'UTILITY',
      category_update_timestamp: at,
    })
    expect(await hello()).toMatchObject({
      category: 'UTILITY',
      next: { category: 'MARKETING', at: new Date(at * 1000).toISOString() },
    })
    await tell('template_category_update', { previous_category: 'UTILITY', new_category: 'MARKETING' }, at)
    expect(await hello()).toMatchObject({ category: 'MARKETING', next: null })
  })

  it('brings new components', async () => {
    await tell('message_template_components_update', {
      message_template_element: 'Welcome back',
      message_template_title: 'Hello',
      message_template_buttons: [
        {
          message_template_button_type: 'URL',
          message_template_button_text: 'See',
          message_template_button_url: 'https://a.example',
        },
      ],
    })
    expect((await hello()).components).toEqual([
      { type: 'HEADER', format: 'TEXT', text: 'Hello' },
      { type: 'BODY', text: 'Welcome back' },
      { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'See', url: 'https://a.example' }] },
    ])
  })

  it('of one that was not read yet stands until the list brings the rest', async () => {
    await env.DB.prepare('DELETE FROM templates').run()
    await tell(status, { event: 'APPROVED', message_template_category: 'UTILITY' }, start - 60)
    expect(await hello()).toMatchObject({ status: 'APPROVED', components: [], syncedAt: null })
    await ask('/api/v1/templates/sync', { key, method: 'POST' })
    expect((await hello()).components).not.toEqual([])
  })

  it('about a neighbour or nobody we know changes nothing of ours', async () => {
    const before = await rowsOf('templates', 'id')
    await tell(status, { event: 'DISABLED' }, start + 5, '999999999')
    expect(await rowsOf('templates', 'id')).toEqual(before)
    await tell(status, { event: 'DISABLED' }, start + 5, monsoon.wabaId)
    const own = (await rowsOf('templates', 'id')).filter(({ account_id: id }) => id === sol.accountId)
    expect(own).toEqual(before)
  })
})
