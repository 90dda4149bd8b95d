// What the status page calls things: everything that a deletion can show has words of its own.

import { expect, it } from 'vitest'
import * as words from '../../../site/components/deletion-words.ts'
import { steps } from '../../../worker/deletion/steps.ts'

it('names every step, in the order they are walked', () => {
  expect(Object.keys(words.steps)).toEqual(steps.map(([name]) => name))
})

it('names places for people, and counts only what there was', () => {
  expect(words.countText({ messages: 1_204, 'media/': 2, contacts: 0 })).toBe(
    'messages: 1,204; photos, recordings and files: 2',
  )
  expect(words.placeName('some_new_table')).toBe('some new table')
})
