// The words that stand in a package: what takes the place of other people's data, and how kinds of data are called. Pure.

import type { TableName } from '../../db/catalog.ts'

export const marker = {
  person: '[another person]',
  number: "[another person's number]",
  email: "[another person's e-mail address]",
  group: '[a group]',
  message: '[a message id]',
  event: '[left out: it cannot be told apart from what is about other people]',
} as const

const titles: Partial<Record<TableName, string>> = {
  contacts: 'Who you are here',
  members: 'Your membership',
  visitors: 'Your address',
  messageStatuses: 'When messages were sent, delivered and read',
  messageChanges: 'Edits, reactions and withdrawn messages',
  contactPreferences: 'What you said about kinds of messages',
  customValues: 'What the business noted about you, and why',
  consents: 'What you agreed to and took back',
  rawEvents: 'Events of WhatsApp kept for some days',
  metaLinks: 'Links to a Facebook account',
  apiKeys: 'Keys that act for you',
  mails: 'Mails to you',
  letters: 'What you wrote to us',
  holds: 'Restrictions and objections',
  wishes: 'Words of yours that were read as a request',
  requests: 'Your requests',
  requestMessages: 'What was written about your requests',
  packages: 'Packages prepared for you',
  notices: 'Changes of our documents you were told of',
}

/** How a kind of data is called in words. */
export function titleOf(table: TableName): string {
  const words = table.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return titles[table] ?? words.charAt(0).toUpperCase() + words.slice(1)
}
