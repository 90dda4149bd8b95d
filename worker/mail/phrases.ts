// Turns of phrase that several mails share. Pure. Called by the templates.

import { type Block, oneLine } from './render.ts'

/** A name that somebody chose: short. */
export const named = (name: string): string => [...oneLine(name)].slice(0, 100).join('').trim()

/** To the minute. */
export const when = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** A day, as `6 May 2031`. */
export const day = (at: number): string =>
  new Date(at).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })

export const statusAt = (url: string): Block => ({ label: 'How it stands', url })
