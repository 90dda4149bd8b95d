// How a deletion stands, in words: what is held is not said to be on its way.

import { describe, expect, it } from 'vitest'
import type { DeletionStatus } from '../../site/components/deletion-status.ts'
import { isHeld, steps, wordsOf } from '../../site/components/deletion-words.ts'

type State = DeletionStatus['steps'][number]['state']

/** Walked as far as a step; what comes after it is still to come. */
function at(state: DeletionStatus['state'], name: string, held: boolean, of: State = 'done'): DeletionStatus {
  const names = Object.keys(steps)
  const walked = names.map((step, i) => ({
    name: step,
    state: i < names.indexOf(name) ? 'done' : step === name ? of : 'pending',
  }))
  const block = { reason: 'legal_hold', reviewer: 'counsel', endsAt: '2030-01-01T00:00:00.000Z' }
  return { state, steps: walked, blocks: held ? [block] : [] } as unknown as DeletionStatus
}

describe('a deletion that something stands against', () => {
  it.each(['verify', 'freeze', 'quiet', 'tombstone'])('is said to be stopped, as far as step %s', (name) => {
    for (const state of ['running', 'cooling_off', 'blocked'] as const) {
      expect(wordsOf(at(state, name, true)).title).toBe('Stopped for a while')
      expect(wordsOf(at(state, name, true)).says).not.toContain('being deleted')
    }
  })

  it('is called locked once it is, and not before', () => {
    expect(wordsOf(at('running', 'verify', true)).says).not.toContain('locked')
    expect(wordsOf(at('running', 'freeze', true, 'running')).says).not.toContain('locked')
    expect(wordsOf(at('running', 'detach', true)).says).toContain('The data is locked and not used.')
  })

  it.each(['running', 'retrying', 'done', 'gave_up'] as const)(
    'is said to go on once the destruction of keys is %s: that cannot be taken back',
    (state) => {
      expect(wordsOf(at('running', 'shred', true, state)).title).toBe('Being deleted')
    },
  )

  it.each(['waiting_approval', 'cancelled', 'erased', 'completed'] as const)(
    'is said to be %s all the same',
    (state) => {
      expect(isHeld(at(state, 'verify', true))).toBe(false)
    },
  )

  it('is the only one that is said to be stopped', () => {
    expect(wordsOf(at('running', 'verify', false)).title).toBe('Being deleted')
    expect(wordsOf(at('cooling_off', 'verify', false)).title).toBe('Waiting, in case it was a mistake')
  })
})
