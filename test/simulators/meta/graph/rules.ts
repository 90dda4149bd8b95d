// Small checks from which the shapes of request bodies are put together.
// Called by the message and template rules. Source: Meta’s documentation: 131008 for what is missing, 131009
// for a value out of bounds, 100 for a wrong kind of value and for members that do not exist.

import { refusal } from '../errors.ts'
import type { Json } from '../state.ts'

export type Rule = (value: unknown, path: string) => void

function wrongKind(path: string, kind: string): Error {
  return refusal(100, undefined, { message: `(#100) Param ${path} must be ${kind}.` })
}

export function outOfBounds(path: string, what: string): Error {
  return refusal(131009, `Parameter '${path}' ${what}`)
}

export function absent(path: string): Error {
  return refusal(131008, `Parameter '${path}' is mandatory`)
}

/** Length counts code points, as a person would. */
export function text(most = Number.POSITIVE_INFINITY, least = 1): Rule {
  return (value, path) => {
    if (typeof value !== 'string') throw wrongKind(path, 'a string')
    const length = [...value].length
    if (length < least) throw outOfBounds(path, `must be at least ${least} character long`)
    if (length > most) throw outOfBounds(path, `must be at most ${most} characters long`)
  }
}

export const flag: Rule = (value, path) => {
  if (typeof value !== 'boolean') throw wrongKind(path, 'a boolean')
}

export function number(least: number, most: number): Rule {
  return (value, path) => {
    const given = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof given !== 'number' || Number.isNaN(given)) throw wrongKind(path, 'a number')
    if (given < least || given > most) throw outOfBounds(path, `must be between ${least} and ${most}`)
  }
}

export function oneOf(...choices: string[]): Rule {
  return (value, path) => {
    if (typeof value === 'string' && choices.includes(value)) return
    throw refusal(100, undefined, {
      message: `(#100) Param ${path} must be one of {${choices.join(', ')}} - got "${String(value)}".`,
    })
  }
}

export const webAddress: Rule = (value, path) => {
  if (typeof value !== 'string') throw wrongKind(path, 'a string')
  if (!/^https?:\/\/[^\s/]+/.test(value)) throw outOfBounds(path, 'is not a valid URI')
}

export function list(rule: Rule, least: number, most: number): Rule {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrongKind(path, 'an array')
    if (value.length < least) throw outOfBounds(path, `must hold at least ${least} item(s)`)
    if (value.length > most) throw outOfBounds(path, `must hold at most ${most} item(s)`)
    for (const [index, item] of value.entries()) rule(item, `${path}[${index}]`)
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const anything: Rule = () => {}

export const object: Rule = (value, path) => {
  if (!isObject(value)) throw wrongKind(path, 'an object')
}

/** Required members, optional members, and nothing else. */
export function shape(required: Record<string, Rule>, optional: Record<string, Rule> = {}): Rule {
  return (value, path) => {
    if (!isObject(value)) throw wrongKind(path, 'an object')
    for (const key of Object.keys(value)) {
      if (!(key in required) && !(key in optional)) {
        throw refusal(100, undefined, { message: `(#100) Unexpected key "${key}" on param "${path}".` })
      }
    }
    for (const [key, rule] of Object.entries(required)) {
      if (value[key] === undefined || value[key] === null) throw absent(`${path}.${key}`)
      rule(value[key], `${path}.${key}`)
    }
    for (const [key, rule] of Object.entries(optional)) {
      if (value[key] !== undefined) rule(value[key], `${path}.${key}`)
    }
  }
}

/** All of the rules. */
export function both(...rules: Rule[]): Rule {
  return (value, path) => {
    for (const rule of rules) rule(value, path)
  }
}
