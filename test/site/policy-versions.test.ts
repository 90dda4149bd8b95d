// Versions are files, and the newest says what the program does. What a version promises about dates and hashes holds.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documents } from '../../db/documents.ts'
import { hashOf, readVersions, readWords } from '../../scripts/policy-files.ts'
import { aboutVersions, changedParagraphs, complaintsAboutTexts } from '../../scripts/policy-texts.ts'
import { changesBetween, changeText } from '../../site/policy/difference.ts'
import { type Facts, facts } from '../../site/policy/facts.ts'
import {
  documentNames,
  parseVersion,
  type Version,
  versionFile,
  versionsOf,
} from '../../site/policy/versions.ts'

const all = readVersions()

describe('the versions', () => {
  it('say in their newest text what words and catalogue say today: nothing has to be mended', () => {
    expect(complaintsAboutTexts().join('\n\n')).toBe('')
  })

  it.each(documentNames)('of %s are numbered, dated and hashed as their files say', (document) => {
    const versions = versionsOf(all, document)
    expect(versions.length).toBeGreaterThan(0)
    for (const { text, hash, effective, announced, summary } of versions) {
      expect(hashOf(text)).toBe(hash)
      expect(effective >= announced).toBe(true)
      expect(summary).not.toBe('')
    }
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, i) => String(i + 1)))
  })

  it('are the list that the gateway reads', () => {
    expect(documents).toEqual(all.map(({ text: _, ...version }) => version))
  })
})

const first = versionsOf(all, 'privacy')[0] as Version
/** What the words and the program say now. */
const newest = versionsOf(all, 'privacy').at(-1) as Version
const next = (changed: Partial<Version>): Version => {
  const text = changed.text ?? first.text.replace('India', 'Iceland')
  const version = {
    ...first,
    version: '2',
    announced: '2027-01-01',
    effective: '2027-01-31',
    material: true,
    text,
  }
  return { ...version, hash: hashOf(text), ...changed }
}

describe('a version', () => {
  it('that is material is accepted thirty days after it was announced, and not a day earlier', () => {
    expect(aboutVersions([first, next({})])).toEqual([])
    expect(aboutVersions([first, next({ effective: '2027-01-30' })])).toEqual([
      'privacy 2: in force 29 days after it was announced, and 30 are promised.',
    ])
  })

  it('that is editorial may be in force on the day it is announced, and not before', () => {
    expect(aboutVersions([first, next({ material: false, effective: '2027-01-01' })])).toEqual([])
    expect(aboutVersions([first, next({ material: false, effective: '2026-12-31' })])).toHaveLength(1)
  })

  it('whose text was touched after it was published is found by its hash', () => {
    expect(aboutVersions([{ ...first, text: `${first.text} ` }])).toEqual([
      'privacy 1: its text was changed after its hash was made.',
    ])
  })

  it('that leaves out a number, or goes back in time, is found', () => {
    expect(aboutVersions([first, next({ version: '3' })])).toHaveLength(1)
    expect(aboutVersions([first, next({ announced: '2020-01-01', effective: '2020-03-01' })])).toHaveLength(1)
  })

  it('is read back from its file as it was written', () => {
    const line = fc.stringMatching(/^[A-Z][\w ,.:-]{0,80}\w$/)
    fc.assert(
      fc.property(line, fc.boolean(), fc.array(line, { minLength: 1 }), (summary, material, lines) => {
        const version = next({ summary, material, text: `${lines.join('\n\n')}\n` })
        expect(parseVersion('x/privacy/2.md', versionFile(version))).toEqual(version)
      }),
    )
  })

  it.each([
    ['privacy/2.md', versionFile(first), 'calls itself 1'],
    ['privacy/1.md', versionFile(first).replace('hash: ', 'hash:'), 'does not say: hash'],
    ['privacy/1.md', versionFile(first).replace('false', 'perhaps'), 'true or false'],
    ['letters/1.md', versionFile(first), 'is not a version'],
    ['privacy/1.md', first.text, 'is not a version'],
  ])('in a file that is not complete is refused with the file’s name: %s', (path, file, why) => {
    expect(() => parseVersion(path, file)).toThrow(path)
    expect(() => parseVersion(path, file)).toThrow(why)
  })
})

describe('what changed', () => {
  const words = readWords()

  it('is printed as the paragraph it was, the paragraph it is, and the words between', () => {
    const changed = {
      ...words,
      'privacy/01-identity': (words['privacy/01-identity'] ?? '').replace('Any question', 'Each question'),
    }
    expect(changedParagraphs(newest, changed)).toEqual([
      expect.stringMatching(
        /1\. Who we are[\s\S]+was: .+Any question[\s\S]+is: {2}.+Each question[\s\S]+\[-Any-\]\{\+Each\+\} question/,
      ),
    ])
  })

  it('is nothing as long as nothing changed, and one paragraph when one number of the catalogue did', () => {
    expect(changedParagraphs(newest, words)).toEqual([])
    const rawEvents = { ...facts.tables.rawEvents, life: { days: 90, from: 'receivedAt' } }
    const other = { ...facts, tables: { ...facts.tables, rawEvents } } as Facts
    const changed = changedParagraphs(newest, words, other)
    expect(changed.length).toBeGreaterThan(0)
    for (const paragraph of changed) expect(paragraph).toContain('10. How long it is kept')
    expect(changed.join('\n')).toMatch(/is: {2}90 days · Key destroyed, deleted: Raw notices from Meta/)
  })

  const line = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,6}$/)
  const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n\n'))

  it('between any two texts leads from the one to the other, and back', () => {
    const side = (before: string, after: string, not: 'added' | 'removed') =>
      changesBetween(before, after)
        .map(({ parts }) =>
          parts
            .filter(({ kind }) => kind !== not)
            .map((part) => part.text)
            .join(''),
        )
        .filter((each) => each !== '')
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = (whole: string) => whole.split('\n\n').filter((each) => each !== '')
        const gone = side(before, after, 'added')
        const come = side(before, after, 'removed')
        const rest = [...lines(before)]
        for (const each of gone) rest.splice(rest.indexOf(each), 1)
        expect([...rest, ...come].sort()).toEqual(lines(after).sort())
      }),
    )
  })

  it('between a text and itself is nothing', () => {
    fc.assert(fc.property(text, (same) => changesBetween(same, same).length === 0))
  })

  it('names the heading, and pairs a row with what it became', () => {
    const before =
      '## Times\n\n| Kept | What |\n| --- | --- |\n| 7 days | raw notices of Meta |\n| 1 day | codes |\n'
    const changes = changesBetween(before, before.replace('7 days', '90 days'))
    expect(changes.map(({ under }) => under)).toEqual(['Times'])
    expect(changes.map(changeText)).toEqual(['[-7-]{+90+} days · raw notices of Meta'])
  })
})
