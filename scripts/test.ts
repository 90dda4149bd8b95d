// `npm test`: every test, or those that the arguments for vitest choose. The last line is the count, alone:
// `N passed, N failed`, with `, N skipped` when some are. Nothing run is a failure.

import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = join(root, '.local')
const report = join(folder, `test-report-${process.pid}.json`)

type Report = {
  success: boolean
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

function runVitest(): Promise<number> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

function readReport(): Report | undefined {
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as Report
  } catch {
    return undefined
  }
}

mkdirSync(folder, { recursive: true })
const code = await runVitest()
const counted = readReport()
rmSync(report, { force: true })
const passed = counted?.numPassedTests ?? 0
const skipped = (counted?.numPendingTests ?? 0) + (counted?.numTodoTests ?? 0)
// A file that does not load has no failed test, and neither has an error outside of any: both count as one.
const files = counted?.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
)
const failed = (counted?.numFailedTests ?? 0) + (files?.length ?? 0)
const unseen = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0
if (unseen > 0)
  console.error(passed === 0 ? 'No test ran.' : 'Something failed outside of a test: see above.')
console.log(`${passed} passed, ${failed + unseen} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed + unseen > 0 ? 1 : 0
