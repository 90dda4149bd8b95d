// `npm run dev`: what `npm start` brings up, and after every change of Worker, tables or site a build and a gateway that
// runs it. The simulated Meta stays up meanwhile, so the phone page keeps its conversation.

import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { root, startLocal } from './local.ts'

const watched = ['worker', 'db', 'site']
/** An editor saves in several steps. */
const settleMs = 150

/** In a process of its own: this one has webhooks to deliver. */
const rebuild = (): Promise<boolean> =>
  new Promise((resolve) => {
    const args = [...process.execArgv, join(root, 'scripts/build.ts'), '--force']
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    child.once('exit', (code) => resolve(code === 0))
  })

let changed = false
let busy = false

async function reload(restartGateway: () => Promise<void>): Promise<void> {
  changed = true
  if (busy) return
  busy = true
  while (changed) {
    changed = false
    console.log('Building …')
    if (!(await rebuild())) console.error('The gateway goes on with the last build that worked.')
    else if (!changed) await restartGateway().then(() => console.log('The gateway runs the new build.'))
  }
  busy = false
}

function fail(cause: unknown): void {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exit(1)
}

try {
  const { demo, restartGateway } = await startLocal({ fresh: process.argv.includes('--fresh') })
  let timer: NodeJS.Timeout | undefined
  for (const folder of watched) {
    watch(join(root, folder), { recursive: true }, (_, name) => {
      if (name?.startsWith('generated')) return
      clearTimeout(timer)
      timer = setTimeout(() => void reload(restartGateway).catch(fail), settleMs)
    })
  }
  console.log(`\n  ${demo.gateway} follows changes in ${watched.join(', ')}. The phone: ${demo.meta}\n`)
} catch (cause) {
  fail(cause)
}
