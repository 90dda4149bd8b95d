// What every npm script begins with, on any Node from 20 on: installs what is missing, then runs the given file on the
// project's own Node with the other arguments. `node scripts/run.mjs scripts/start.ts --fresh`

import { spawn } from 'node:child_process'
import { ensureInstalled, projectNode, root } from './ensure.mjs'

ensureInstalled()
const args = ['--disable-warning=ExperimentalWarning', ...process.argv.slice(2)]
const child = spawn(projectNode, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
// Ctrl-C reaches the whole group; the child stops what it started, and its answer is ours.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))

// npm's shell between us and whoever ends npm passes no signal on, and would leave a gateway behind that nobody sees.
const parent = process.ppid
setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 250)
