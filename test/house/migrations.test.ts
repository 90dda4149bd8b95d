// The migrations make the tables of db/schema.ts: nothing is left to generate. Mend with `npm run db:generate`.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const generator = join(root, 'node_modules/drizzle-kit/bin.cjs')

it('finds no table or column of the schema that no migration makes', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'softivum-migrations-'))
  try {
    cpSync(join(root, 'db/migrations'), scratch, { recursive: true })
    const before = readdirSync(scratch).sort()
    const out = relative(root, scratch)
    const args = ['generate', '--dialect', 'sqlite', '--schema', './db/schema.ts', '--out', out]
    const said = execFileSync(process.execPath, [generator, ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    })
    expect(readdirSync(scratch).sort(), said).toEqual(before)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
})
