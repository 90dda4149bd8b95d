// The mails of the gateway, as they can be read on the simulator's page.

import { beforeEach, describe, expect, it } from 'vitest'
import { type Fixture, setUp } from './meta-fixture.ts'

let f: Fixture
beforeEach(() => {
  f = setUp()
})

const get = async (path: string) => {
  const answer = await f.meta.fetch(new Request(`http://meta.test${path}`))
  return {
    status: answer.status,
    csp: answer.headers.get('Content-Security-Policy'),
    text: await answer.text(),
  }
}
const post = async (mail: Record<string, unknown>) =>
  (await f.control('POST', '/mailbox', mail)).body as { id: string }
const from = { name: 'Softivum Connect', email: 'no-reply@gateway.test' }

describe('the mails', () => {
  it('are listed newest first, with whom they are from and to, their text and their HTML', async () => {
    await post({
      from,
      to: 'a@x.test',
      subject: 'one',
      text: 'first',
      html: '<html><head></head><body>first</body></html>',
    })
    const { id } = await post({
      from: 'b@y.test',
      to: ['b@x.test'],
      subject: 'two',
      text: 'second',
      html: '<html><head></head><body>second</body></html>',
    })
    const { text } = await get('/mail')
    expect(text.indexOf('<h3>two')).toBeLessThan(text.indexOf('<h3>one'))
    for (const part of [
      'Softivum Connect &lt;no-reply@gateway.test&gt;',
      'a@x.test',
      'b@x.test',
      'first',
      `src="/mail/${id}"`,
    ])
      expect(text).toContain(part)
    expect((await f.control('GET', '/mailbox')).body.data).toMatchObject([
      { subject: 'two', html: '<html><head></head><body>second</body></html>' },
      { subject: 'one' },
    ])
  })

  it('need no script: the list has none, and every mail is a frame that runs none', async () => {
    const { id } = await post({
      subject: 's',
      text: 't',
      html: '<html><head></head><body><script>1</script></body></html>',
    })
    const list = await get('/mail')
    expect(list.text).not.toContain('<script')
    expect(list.text.match(/<iframe[^>]*>/)?.[0]).toContain(
      'sandbox="allow-popups allow-popups-to-escape-sandbox"',
    )
    const alone = await get(`/mail/${id}`)
    expect(alone.csp).toContain('sandbox allow-popups')
    expect(alone.csp).toContain("default-src 'none'")
    expect(alone.csp).not.toMatch(/script-src|allow-scripts/)
    expect(alone.text).toContain('<head><base target="_blank">')
  })

  it('cannot write into the page around them', async () => {
    await post({ from: '<i>', to: '"><i>', subject: '<i>', text: '<i> https://x.test/"><i>' })
    const { text } = await get('/mail')
    expect(text).not.toContain('<i>')
    expect(text).toContain('<a href="https://x.test/" target="_blank"')
  })

  it('are linked from the phone, and say when there are none', async () => {
    expect((await get('/')).text).toContain('<a href="/mail">Mails</a>')
    expect((await get('/mail')).text).toContain('The gateway has sent no mail.')
    expect((await get('/mail/123')).status).toBe(404)
  })
})
