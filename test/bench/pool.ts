// Writes the file of complete HTTP requests, all of one size, that wrk.lua reads record by record. Called by
// wrk.ts.

import { closeSync, openSync, writeSync } from 'node:fs'
import { bodyOf } from './bodies.ts'
import { type Identity, webhookPath } from './targets.ts'

export interface Pool {
  path: string
  recordBytes: number
  records: number
}

export interface PoolPlan {
  identity: Identity
  run: string
  records: number
  updatesPerBody: number
}

const flushBytes = 4 * 1024 * 1024

function requestOf(plan: PoolPlan, index: number): string {
  const { body, signature } = bodyOf(plan.identity, plan.run, index, plan.updatesPerBody)
  return (
    `POST ${webhookPath} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
    `X-Hub-Signature-256: ${signature}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  )
}

export function writePool(path: string, plan: PoolPlan): Pool {
  const file = openSync(path, 'w')
  const recordBytes = requestOf(plan, 0).length
  let waiting = ''
  for (let index = 0; index < plan.records; index++) {
    const request = requestOf(plan, index)
    if (request.length !== recordBytes) throw new Error('pool records differ in size')
    waiting += request
    if (waiting.length > flushBytes || index === plan.records - 1) {
      writeSync(file, waiting, null, 'latin1')
      waiting = ''
    }
  }
  closeSync(file)
  return { path, recordBytes, records: plan.records }
}
