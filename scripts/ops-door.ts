// The gateway's doors as the operator's commands use them: where it is, with which key, and what an answer means.
// Called by ops.ts.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadVars } from './settings.ts'

const root = join(import.meta.dirname, '..')

/** The person at the keyboard can mend it: shown as it is, without a stack. */
export class Complaint extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

export type Door = {
  gateway: string
  /** A JSON answer, or undefined when there is none (204). Without the operator's key unless `operator`. */
  call<T>(method: string, path: string, body?: unknown, operator?: boolean): Promise<T>
}

type Place = Record<string, string | undefined>

export function openDoor(env: Place = process.env): Door {
  const gateway = gatewayOf(env)
  const local = env.GATEWAY === undefined
  return {
    gateway,
    call: (method, path, body, operator = true) =>
      ask(`${gateway}${path}`, method, body, operator ? keyOf(env, local) : undefined),
  }
}

function gatewayOf(env: Place): string {
  if (env.GATEWAY !== undefined) return checked(env.GATEWAY)
  const file = join(root, '.local/demo.json')
  if (!existsSync(file))
    throw new Complaint('Which gateway? Start one with npm start, or set GATEWAY=https://… and OPERATOR_KEY.')
  return (JSON.parse(readFileSync(file, 'utf8')) as { gateway: string }).gateway
}

/** The key goes with every call, so it goes over TLS, except on this machine. */
function checked(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined
  const here = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && here)))
    throw new Complaint('GATEWAY must be https://… (http only on this machine).')
  return url.origin
}

/** The key of this machine is for the gateway of this machine: it is not sent anywhere else. */
function keyOf(env: Place, local: boolean): string {
  if (env.OPERATOR_KEY) return env.OPERATOR_KEY
  const file = join(root, '.dev.vars')
  const key = local && existsSync(file) ? loadVars(file).vars.OPERATOR_KEY : undefined
  if (!key)
    throw new Complaint(
      local ? 'There is no OPERATOR_KEY in .dev.vars.' : 'GATEWAY is set: set OPERATOR_KEY, too.',
    )
  return key
}

type ProblemBody = {
  code?: string
  title?: string
  detail?: string
  errors?: { path: string; message: string }[]
}

async function ask<T>(url: string, method: string, body: unknown, key: string | undefined): Promise<T> {
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const answer = await fetch(url, init).catch(() => {
    throw new Complaint(`${new URL(url).origin} does not answer.`)
  })
  const text = await answer.text()
  if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as T
  throw new Complaint(told(answer.status, text, key !== undefined))
}

function told(status: number, text: string, operator: boolean): string {
  let problem: ProblemBody = {}
  try {
    problem = JSON.parse(text) as ProblemBody
  } catch {
    // What stands before the gateway answers in its own way.
  }
  if (status === 404)
    return operator
      ? 'The gateway has no such thing, or the operator key is another (it answers both alike).'
      : 'The gateway has no such thing.'
  const fields = (problem.errors ?? []).map(({ path, message }) => `\n  ${path}: ${message}`).join('')
  return `The gateway answered ${status}: ${problem.detail ?? problem.title ?? 'no reason given'}${fields}`
}
