import { describe, expect, it } from 'vitest'
import { labelled } from '../../../site/portal/templates/accounts.ts'
import { emptyButton, emptyDraft } from '../../../site/portal/templates/draft.ts'
import { elsewhere, stillOpen } from '../../../site/portal/templates/faults.ts'

const fault = (path: string) => ({ path, message: `about ${path}` })
const paths = (faults: { path: string }[]) => faults.map(({ path }) => path)

describe('a fault of a template', () => {
  it('that has a field stands there alone', () => {
    const faults = ['name', 'body', 'buttons', 'buttons.0', 'components', ''].map(fault)
    const withButton = { ...emptyDraft, buttons: [emptyButton] }
    expect(paths(elsewhere(faults, withButton, true))).toEqual(['components', ''])
    expect(paths(elsewhere(faults, emptyDraft, false))).toEqual([
      'name',
      'buttons',
      'buttons.0',
      'components',
      '',
    ])
    const code = { ...withButton, category: 'AUTHENTICATION' }
    expect(paths(elsewhere([fault('body')], code, true))).toEqual(['body'])
  })

  it('goes when its part is changed, and no other does', () => {
    const faults = ['name', 'body', 'buttons.0', 'components', ''].map(fault)
    expect(paths(stillOpen(faults, { body: 'Hola' }))).toEqual(['name', 'buttons.0'])
    expect(paths(stillOpen(faults, { samples: {} }))).toEqual(['name', 'buttons.0'])
    expect(paths(stillOpen(faults, { buttons: [] }))).toEqual(['name', 'body'])
    expect(stillOpen(faults, { category: 'MARKETING' })).toEqual([])
  })
})

describe('an account', () => {
  it('is called by the name of a number of it, else by its id, and never as another', () => {
    const numbers = [
      { wabaId: '1', verifiedName: null },
      { wabaId: '1', verifiedName: 'Café Luna' },
      { wabaId: '2', verifiedName: 'Panadería Sol' },
      { wabaId: '3', verifiedName: 'Panadería Sol' },
    ]
    expect(labelled(['1', '2', '3', '4'], numbers).map(({ label }) => label)).toEqual([
      'Café Luna',
      'Panadería Sol (2)',
      'Panadería Sol (3)',
      '4',
    ])
  })
})
