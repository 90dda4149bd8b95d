// Plain JavaScript for any Node from 20 on: installs what is missing and names the Node that the project uses (the
// devDependency `node`). Called by run.mjs before anything else can run.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const windows = process.platform === 'win32'
export const projectNode = `${root}node_modules/.bin/node${windows ? '.cmd' : ''}`

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) {
  console.error(`Node 20 or newer is needed; this is ${process.version}.`)
  process.exit(1)
}

/** npm's note of what it installed, against the lock file. Times would not do: a checkout gives files new ones. */
function isInstalled() {
  if (!existsSync(projectNode)) return false
  try {
    const packagesOf = (file) => JSON.parse(readFileSync(root + file, 'utf8')).packages
    const installed = packagesOf('node_modules/.package-lock.json')
    return Object.entries(packagesOf('package-lock.json')).every(
      ([path, { version, optional }]) =>
        path === '' || installed[path]?.version === version || (optional && !installed[path]),
    )
  } catch {
    return false
  }
}

/** Runs npm when something of the lock file is not installed; a failed install ends the process. */
export function ensureInstalled() {
  if (isInstalled()) return
  console.log('Installing dependencies (once; about a minute) …')
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const done = spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: windows })
  if (done.status !== 0) process.exit(done.status ?? 1)
}
