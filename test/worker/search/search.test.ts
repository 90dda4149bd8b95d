import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeBatch } from '../../../db/client.ts'
import { holdInsert, holdLiftInsert } from '../../../worker/audit/holds.ts'
import { loadMerge, mergeStatements } from '../../../worker/conversations/merge.ts'
import { conversationsUpsert } from '../../../worker/conversations/record.ts'
import { contactDueUpsert, termOf } from '../../../worker/conversations/terms.ts'
import { wordsIn } from '../../../worker/conversations/words.ts'
import { keeperOf } from '../../../worker/custody/sealing.ts'
import { find, hitsQuery, talksQuery } from '../../../worker/search/find.ts'
import { dueQuery, indexDue, laterMessagesQuery, termsOfQuery } from '../../../worker/search/index-due.ts'
import { messagesByIdQuery } from '../../../worker/search/show.ts'
import { ana, type Business, mei, monsoon, type Person, ravi, sol } from '../../support/cast.ts'
import { drain, rowsOf } from '../../support/intake.ts'
import { signInAs } from '../../support/session.ts'
import { messageChange, postChanges, textMessage } from '../../support/webhooks.ts'
import { seedCast } from '../../support/world.ts'
import { ask, db, keyFor, read } from '../api/stage.ts'

const at = Math.floor(Date.now() / 1000) - 5_000
let count = 0
let key = ''

async function say(business: Business, person: Person, body: string, more: Record<string, unknown> = {}) {
  const id = `wamid.S${count}`
  await postChanges(
    business,
    messageChange(business, person, { ...textMessage(id, body, at + count++), ...more }),
  )
  await drain(business)
  return id
}
const index = () => indexDue(env, Date.now())
const search = async (q: string, as = key, more = '') =>
  read(await ask(`/api/v1/search?q=${encodeURIComponent(q)}${more}`, { key: as }))
type Hit = {
  conversation: { contact: { name: string } }
  message: { text: string } | null
  snippet: { text: string } | null
}
const texts = async (q: string, as = key) =>
  ((await search(q, as)).data as unknown as Hit[]).flatMap(({ message }) => message?.text ?? [])
const people = async (q: string, as = key) =>
  ((await search(q, as)).data as unknown as Hit[]).flatMap(({ message, conversation }) =>
    message ? [] : conversation.contact.name,
  )

beforeAll(async () => {
  await seedCast()
  key = await keyFor(sol)
})

describe('a search', () => {
  it('finds messages in which all the words stand, the newest first, and nobody else’s', async () => {
    await say(sol, ana, '¿Tenéis pan de centeno?')
    await say(sol, ravi, 'PAN con tomate, por favor')
    await say(monsoon, ravi, 'pan de centeno at the bookshop')
    await index()
    expect(await texts('pan')).toEqual(['PAN con tomate, por favor', '¿Tenéis pan de centeno?'])
    expect(await texts('centeno PAN')).toEqual(['¿Tenéis pan de centeno?'])
    expect(await texts('teneis')).toEqual(['¿Tenéis pan de centeno?'])
    expect(await texts('pan mantequilla')).toEqual([])
    expect(await texts('bookshop')).toEqual([])
    expect(await texts('?!')).toEqual([])
    const [hit] = (await search('centeno')).data as unknown as {
      snippet: { text: string; matches: { from: number; to: number }[] }
    }[]
    const [match] = hit?.snippet.matches ?? []
    expect(hit?.snippet.text.slice(match?.from, match?.to)).toBe('centeno')
  })

  it('pages through what it finds', async () => {
    for (let i = 0; i < 5; i++) await say(sol, ana, `croissant ${i}`)
    await index()
    const first = await search('croissant', key, '&limit=2')
    const second = await search('croissant', key, `&limit=2&cursor=${first.next}`)
    const third = await search('croissant', key, `&limit=2&cursor=${second.next}`)
    const all = [first, second, third].flatMap(({ data }) =>
      (data as unknown as Hit[]).map(({ message }) => message?.text),
    )
    expect(all).toEqual([4, 3, 2, 1, 0].map((i) => `croissant ${i}`))
    expect(third.next).toBeNull()
  })

  it('finds captions and names of files', async () => {
    const document = {
      id: '9011',
      mime_type: 'application/pdf',
      sha256: 'x',
      filename: 'Presupuesto_boda.pdf',
      caption: 'La tarta',
    }
    const id = 'wamid.DOC'
    await postChanges(
      sol,
      messageChange(sol, ana, { id, timestamp: String(at + count++), type: 'document', document }),
    )
    await drain(sol)
    await index()
    expect(await texts('tarta boda')).toEqual(['La tarta'])
  })

  it('finds people by the beginning of a name, before messages, and by the end of a number only for who sees numbers', async () => {
    expect(await people('ana')).toEqual([ana.name])
    expect(await people((ravi.name as string).slice(0, 3).toUpperCase())).toContain(ravi.name)
    const end = (ana.phone as string).slice(-4)
    expect(await people(end)).toEqual([ana.name])
    const agent = await signInAs(sol, 'agent')
    const asAgent = async (q: string) => read(await ask(`/api/v1/search?q=${q}`, { headers: agent.headers }))
    expect((await asAgent(end)).data).toEqual([])
    const { data } = await asAgent('ana')
    expect(data).toHaveLength(1)
    expect(JSON.stringify(data)).not.toContain(ana.phone)
  })

  it('needs the scope, and says nothing of a workspace that is frozen', async () => {
    const other = await keyFor(sol, ['messages:send'])
    expect((await ask('/api/v1/search?q=pan', { key: other })).status).toBe(403)
  })
})

describe('the index', () => {
  it('finds every word of every message, and no word stands in it in clear', async () => {
    const words = fc.array(
      fc.constantFrom('harina', 'Azúcar', 'LEVADURA', 'छाछ', 'хлеб', 'パン', 'été', '4711'),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    await fc.assert(
      fc.asyncProperty(words, async (list) => {
        const text = `${list.join(' ')} n${count}`
        await say(sol, mei, text)
        await index()
        for (const word of list) expect(await texts(`${word} n${count - 1}`)).toEqual([text])
      }),
      { numRuns: 8 },
    )
    const dump = JSON.stringify(await rowsOf('search_terms')) + JSON.stringify(await rowsOf('search_cursors'))
    for (const word of [
      'harina',
      'azucar',
      'levadura',
      'छाछ',
      'хлеб',
      'パン',
      'ete',
      'croissant',
      'centeno',
      'ana',
    ])
      expect(dump).not.toContain(word)
    for (const { term } of await rowsOf('search_terms')) expect(term).toMatch(/^[\w-]{16}$/)
  })

  it('of two workspaces shares no digest of the same word', async () => {
    const terms = await Promise.all(
      [sol, monsoon].map(async ({ accountId }) => {
        const { account } = await keeperOf(env.KEEPER, accountId).resolve([])
        return wordsIn('pan de centeno').map((word) => termOf(account, 'word', word))
      }),
    )
    expect(terms[0]).toHaveLength(3)
    for (const term of terms[0] as string[]) expect(terms[1]).not.toContain(term)
  })

  it('follows an edit, forgets what is taken back, and made twice is the same', async () => {
    const id = await say(sol, ravi, 'quiero magdalenas')
    await index()
    expect(await texts('magdalenas')).toHaveLength(1)
    const message = { type: 'text', text: { body: 'quiero rosquillas' } }
    const edit = { original_message_id: id, message }
    await postChanges(
      sol,
      messageChange(sol, ravi, { id: 'wamid.E1', timestamp: String(at + count++), type: 'edit', edit }),
    )
    await drain(sol)
    await index()
    expect(await texts('magdalenas')).toEqual([])
    expect(await texts('rosquillas')).toEqual(['quiero rosquillas'])
    const before = await rowsOf('search_terms', 'term, subject_id')
    await writeBatch(db, await everything())
    await index()
    expect(await rowsOf('search_terms', 'term, subject_id')).toEqual(before)
    const revoke = { original_message_id: id }
    await postChanges(
      sol,
      messageChange(sol, ravi, { id: 'wamid.R1', timestamp: String(at + count++), type: 'revoke', revoke }),
    )
    await drain(sol)
    // At once, before anything is indexed again.
    expect(await texts('rosquillas')).toEqual([])
    await index()
    expect(await texts('rosquillas')).toEqual([])
  })

  it('knows nothing of somebody who asked to be left alone, until they may be found again', async () => {
    const contactId = await contactOf(sol, 'quesada', mei)
    const hold = {
      accountId: sol.accountId,
      subjectId: contactId,
      kind: 'restricted' as const,
      reason: 'request',
    }
    expect(await texts('quesada')).toHaveLength(1)
    await writeBatch(db, [holdInsert(db, { ...hold, at: Date.now() })])
    expect(await texts('quesada')).toEqual([])
    await say(sol, mei, 'otra quesada')
    await index()
    expect((await rowsOf('search_terms')).filter(({ contact_id }) => contact_id === contactId)).toEqual([])
    const now = Date.now() + 1
    await writeBatch(db, [
      holdLiftInsert(db, { ...hold, at: now }),
      contactDueUpsert(db, sol.accountId, contactId, 'all', now),
    ])
    await index()
    expect(await texts('quesada')).toEqual(['otra quesada', 'una quesada'])
  })

  it('moves with a merge', async () => {
    const [winner, loser] = [await contactOf(sol, 'ensaimada', ana), await contactOf(sol, 'panettone', ravi)]
    const facts = await loadMerge(db, { accountId: sol.accountId, winner, losers: [loser] })
    const talk = (await rowsOf('conversations')).find((row) => row.contact_id === winner)
    await writeBatch(db, [
      conversationsUpsert(db, [
        {
          id: talk?.id as string,
          accountId: sol.accountId,
          numberId: sol.numberId,
          contactId: winner,
          createdAt: 1,
          lastMessageAt: 1,
          userLastAt: null,
        },
      ]),
      ...mergeStatements(db, facts),
    ])
    await index()
    expect(await texts('panettone')).toEqual(['una panettone'])
    expect((await rowsOf('search_terms')).filter(({ contact_id }) => contact_id === loser)).toEqual([])
    expect((await rowsOf('search_cursors')).length).toBe(0)
  })
})

describe('every query of the search', () => {
  const { accountId } = sol
  it.each([
    ['what is due', dueQuery(db)],
    ['what is due in one workspace', dueQuery(db, accountId)],
    ['messages to be indexed', laterMessagesQuery(db, accountId, 'cnv_x', 'a')],
    ['terms of subjects', termsOfQuery(db, accountId, ['a', 'b'])],
    ['hits', hitsQuery(db, accountId, ['a'], { limit: 20 })],
    [
      'hits of three words after a cursor',
      hitsQuery(db, accountId, ['a', 'b', 'c'], { limit: 20, cursor: [1, 'm'] }),
    ],
    ['conversations of people', talksQuery(db, accountId, ['a', 'b'])],
    ['messages by their ids', messagesByIdQuery(db, accountId, ['a', 'b'])],
  ])('finds %s through an index, without a scan or a sort', async (_, query) => {
    const { sql, params } = query.toSQL()
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...params)
      .all<{ detail: string }>()
    const steps = plan.results.map(({ detail }) => detail)
    expect(steps.some((step) => /^(SEARCH|SCAN) \w+ USING (COVERING )?INDEX/.test(step))).toBe(true)
    expect(steps.filter((step) => /SCAN (?!json_each|search_cursors USING)|TEMP B-TREE/.test(step))).toEqual(
      [],
    )
  })
})

async function contactOf(business: Business, word: string, person: Person): Promise<string> {
  await say(business, person, `una ${word}`)
  await index()
  const { hits } = await find(env, { accountId: business.accountId, identifiers: true }, word, { limit: 1 })
  const talk = (await rowsOf('conversations')).find(({ id }) => id === hits[0]?.conversationId)
  return talk?.contact_id as string
}

async function everything() {
  const contacts = await rowsOf('contacts')
  return contacts.map(({ id, account_id }) =>
    contactDueUpsert(db, account_id as string, id as string, 'all', Date.now()),
  )
}
