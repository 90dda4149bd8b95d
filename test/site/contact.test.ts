// The contact form without script, as a browser posts it: errors beside their fields, nothing typed is lost, and what a
// program fills into the trap reaches nobody.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { d1 } from '../../db/catalog.ts'
import { letters } from '../../db/schema.ts'
import { letterErrors, topics } from '../../site/components/letter.ts'
import { limits } from '../../worker/ground/limits.ts'
import { type Stack, startStack } from '../support/stack.ts'

const good = {
  email: 'vera@example.com',
  name: '',
  topic: 'question',
  text: 'How does <it> work?',
  website: '',
}

describe('what is typed', () => {
  it('is about one of the choices of the table it goes to', () => {
    expect(topics.map(({ value }) => value).sort()).toEqual([...letters.topic.enumValues].sort())
  })

  it('is fine without a name, and named field by field when it is not fine', () => {
    expect(letterErrors(good)).toEqual({})
    expect(Object.keys(letterErrors({}))).toEqual(['email', 'topic', 'text'])
    for (const email of [
      'vera',
      'vera@',
      '@example.com',
      'vera@example',
      've ra@example.com',
      `${'v'.repeat(250)}@e.co`,
    ])
      expect(Object.keys(letterErrors({ ...good, email }))).toEqual(['email'])
    expect(Object.keys(letterErrors({ ...good, text: 'x'.repeat(limits.letterChars + 1) }))).toEqual(['text'])
    expect(letterErrors({ ...good, text: 'x'.repeat(limits.letterChars) })).toEqual({})
    expect(Object.keys(letterErrors({ ...good, topic: 'spam' }))).toEqual(['topic'])
  })
})

describe('the contact form', () => {
  let stack: Stack
  let dir: string

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'softivum-contact-'))
    stack = await startStack({ dir })
  })
  afterAll(async () => {
    await stack?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  async function post(fields: Record<string, string>, origin = stack.url) {
    const answer = await fetch(`${stack.url}/contact`, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams(fields),
    })
    return { status: answer.status, html: await answer.text() }
  }
  const kept = async () => (await stack.query('SELECT id FROM letters')).length

  it('says how long a letter is kept, as the catalogue has it, and hides its trap from people and readers', async () => {
    const html = await (await fetch(`${stack.url}/contact`)).text()
    const { life } = d1.letters
    expect(html).toContain(`Kept for ${typeof life === 'object' ? life.days : 0} days`)
    expect(html).toMatch(/<div class="lure" aria-hidden="true">[\s\S]*?name="website" tabindex="-1"/)
  })

  it('is previewed with a picture under the address it was asked at', async () => {
    const html = await (await fetch(`${stack.url}/contact`)).text()
    expect(html).toContain(`<meta property="og:image" content="${stack.url}/social.png">`)
    expect(html).toContain(`<link rel="canonical" href="${stack.url}/contact">`)
    expect((await fetch(`${stack.url}/social.png`)).headers.get('content-type')).toBe('image/png')
  })

  it('gives back what was typed, with each error beside its field', async () => {
    const { status, html } = await post({
      ...good,
      email: 'not an address',
      text: 'Keep <b>this</b> "please"',
    })
    expect(status).toBe(422)
    expect(html).toContain('Keep &lt;b&gt;this&lt;/b&gt;')
    expect(html).toContain('value="not an address"')
    expect(html).toMatch(/<input[^>]*id="email"[^>]*aria-describedby="email-error"[^>]*aria-invalid="true"/)
    expect(html).toContain('id="email-error"')
    expect(html).not.toContain('id="text-error"')
    expect(await kept()).toBe(0)
  })

  it('takes a good letter once and says what happens next', async () => {
    const { status, html } = await post(good)
    expect([status, html.includes('Your letter is here')]).toEqual([200, true])
    expect(await kept()).toBe(1)
  })

  it('keeps nothing of what fills the trap, and answers the same', async () => {
    const before = await kept()
    const { status, html } = await post({ ...good, website: 'https://spam.example' })
    expect([status, html.includes('Your letter is here')]).toEqual([200, true])
    expect(await kept()).toBe(before)
  })

  it('takes nothing from a form on another site', async () => {
    const before = await kept()
    expect((await post(good, 'https://elsewhere.example')).status).toBe(403)
    expect(await kept()).toBe(before)
  })
})
