// A PostgreSQL cluster of its own for one peer: temporary folder, unix socket only, the distribution's
// settings (fsync on). Started by peer.ts.

import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { temporaryFolder } from './cleanup.ts'
import { type Child, startChild } from './processes.ts'

const packaged = '/usr/lib/postgresql'

/** Folder of the newest server programs; undefined when PostgreSQL is not installed. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(packaged) ? readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(packaged, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** PostgreSQL refuses to run as root, so root hands it to an unprivileged account. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const account =
    accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody')
  return account && { uid: Number(account[2]), gid: Number(account[3]) }
}

export interface Cluster {
  /** Folder of the socket, which is the host name for a client. */
  host: string
  pid: number
  count(sql: string): Promise<number>
  stop(): Promise<void>
}

const clientOptions = (host: string) => ({ host, user: 'bench', database: 'postgres' })

async function connected(host: string, server: Child): Promise<Client> {
  for (let tries = 0; tries < 100; tries++) {
    if (server.process.exitCode !== null) break
    const client = new Client(clientOptions(host))
    try {
      await client.connect()
      // the server's own shutdown ends this connection; that is no failure of the bench
      client.on('error', () => undefined)
      return client
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  throw new Error('PostgreSQL did not start')
}

export async function startPostgres(schema: string): Promise<Cluster> {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error('PostgreSQL is not installed')
  const folder = temporaryFolder('pg')
  const account = unprivileged()
  if (account) chownSync(folder.path, account.uid, account.gid)
  const data = join(folder.path, 'data')
  const asAccount = { ...account, cwd: folder.path }
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8'], {
    ...asAccount,
    stdio: 'ignore',
  })
  // SIGINT is its fast shutdown; SIGTERM would wait for clients to leave
  const server = startChild(
    join(programs, 'postgres'),
    ['-D', data, '-k', folder.path, '-h', ''],
    { ...asAccount, stdio: 'ignore' },
    'SIGINT',
  )
  const client = await connected(folder.path, server)
  const fsync = await client.query<{ fsync: string }>('SHOW fsync')
  if (fsync.rows[0]?.fsync !== 'on') throw new Error('PostgreSQL runs without fsync')
  await client.query(schema)
  return {
    host: folder.path,
    pid: server.pid,
    count: async (sql) => Number((await client.query<{ n: string }>(sql)).rows[0]?.n),
    async stop() {
      await client.end().catch(() => undefined)
      await server.stop()
      await folder.remove()
    },
  }
}
