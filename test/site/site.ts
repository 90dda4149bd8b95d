// The site with people behind it: a whole gateway (test/support/stack.ts) in which somebody was erased, somebody is being
// erased and somebody asked, so that each page has something to show. Called by browser.test.ts.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DemoWorkspace } from '../../scripts/seed.ts'
import { type Contact, read, settled, until, write } from '../flows/forgetting.ts'
import { testBindings } from '../support/bindings.ts'
import { type Stack, startStack } from '../support/stack.ts'

const people = ['Ana Quintanilla', 'Ravi Narayan', 'Mei Tanaka', 'Nina Solano'].map((name, i) => ({
  phone: `3461100000${i}`,
  name,
}))

export type Mail = { to: string; subject: string; text: string; html: string }

export type Site = Awaited<ReturnType<typeof openSite>>

type Deletion = { code: string }

/** What is asked for more than once is done once. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

export async function openSite() {
  const dir = mkdtempSync(join(tmpdir(), 'softivum-site-'))
  const stack = await startStack({ dir })
  const [sol] = stack.workspaces as [DemoWorkspace]
  const met = once(() => meet(stack, sol))
  const contact = async (index: number): Promise<Contact> =>
    (await met()).find(({ phone }) => phone?.endsWith(people[index]?.phone ?? '?')) as Contact
  const erase = async (index: number): Promise<string> =>
    (await read<Deletion>(stack, sol, `/contacts/${(await contact(index)).id}/deletion`, {})).code
  const state = async (code: string): Promise<string> =>
    (await read<{ state: string }>(stack, sol, `/public/deletions/${code}`)).state
  const page = (code: string): string => `/data-deletion/${code}`
  const first = once(() => erase(0))

  const mailsTo = async (address: string): Promise<Mail[]> => {
    const { data } = await jsonOf<{ data: Mail[] }>(
      `${stack.metaUrl}/_sim/mailbox?to=${encodeURIComponent(address)}`,
    )
    return data
  }
  /** The six digits of the newest mail to this address that is not among the first `known`. */
  const mailedCode = async (address: string, known = 0): Promise<string> => {
    await until(async () => {
      await stack.gateway.runCron()
      return (await mailsTo(address)).filter(isCode).length > known
    }, `a code is mailed to ${address}`)
    return /^\d{6}$/m.exec((await mailsTo(address)).find(isCode)?.text ?? '')?.[0] ?? ''
  }
  const visitor = async (email: string): Promise<void> => {
    const letter = { email, name: 'Vera Lind', topic: 'question', text: 'How does it work?', website: '' }
    await jsonOf(`${stack.url}/api/v1/public/letters`, letter)
  }

  return {
    stack,
    url: stack.url,
    metaUrl: stack.metaUrl,
    mailsTo,
    mailedCode,
    visitor,
    state,
    begin: async () => void (await first()),
    runningDeletion: async () => page(await erase(1)),
    erasedDeletion: async () => {
      const code = await first()
      await until(async () => ['erased', 'completed'].includes(await state(code)), 'Ana is erased', 60)
      return page(code)
    },
    heldDeletion: once(async () => {
      const hold = {
        subjectId: (await contact(2)).id,
        reason: 'legal_hold',
        reviewer: 'legal counsel',
        endsAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
      }
      await read(stack, { apiKey: testBindings.OPERATOR_KEY }, `/operator/accounts/${sol.id}/holds`, hold)
      return page(await erase(2))
    }),
    completedDeletion: once(async () => {
      const asked = { user_id: '900000000000777' }
      const { answer } = await jsonOf<{ answer: { confirmation_code: string } }>(
        `${stack.metaUrl}/_sim/data-deletion`,
        asked,
      )
      const code = answer.confirmation_code
      await until(async () => (await state(code)) === 'completed', 'a deletion of nothing is completed', 60)
      return page(code)
    }),
    /** Of a visitor who asked what we hold. */
    request: once(async () => {
      const email = 'vera@example.com'
      await visitor(email)
      const { id } = await jsonOf<{ id: string }>(`${stack.url}/api/v1/public/mail-codes`, {
        type: 'access',
        email,
      })
      const code = await mailedCode(email)
      const { requests } = await jsonOf<{ requests: { statusUrl: string }[] }>(
        `${stack.url}/api/v1/public/mail-codes/${id}`,
        { code },
      )
      return new URL(requests[0]?.statusUrl ?? '/no-request', stack.url).pathname
    }),
    close: async () => {
      await stack.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const isCode = ({ text }: Mail): boolean => /^\d{6}$/m.test(text)

/** With a body it is a POST. */
async function jsonOf<T>(url: string, body?: unknown): Promise<T> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(url, body === undefined ? {} : init)
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return JSON.parse((await answer.text()) || 'null') as T
}

/** Everybody writes to Sol. */
async function meet(stack: Stack, sol: DemoWorkspace): Promise<Contact[]> {
  for (const person of people)
    await write(stack, sol, person, {
      wamid: `wamid.site.${person.phone}`,
      text: 'Hola',
      at: Date.now() - 60_000,
    })
  await settled(stack)
  return (await read<{ data: Contact[] }>(stack, sol, '/contacts?limit=200')).data
}
