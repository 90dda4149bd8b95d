// What stands at the head of a package: who answers for the data, and for each kind of data why it is held, on what basis,
// how long, who receives it. Everything comes from the catalogue and the records beside it. Pure. Called by
// package-build.ts. Source: GDPR Art. 15(1); DPDP Act s. 11 (identities of everybody it was shared with).

import { type Basis, type Category, d1, type Life, type Purpose, type TableName } from '../../db/catalog.ts'
import { marker, titleOf } from './package-words.ts'

export type Recipient = {
  name: string
  country: string
  purpose: string
  contact: string
  data: readonly string[]
}

export type Kind = {
  table: TableName
  what: string
  data: Category[]
  purpose: Purpose
  basis: Basis
  kept: string
  erased: string
}

export type Sheet = {
  format: 'softivum-export/1'
  about: {
    kind: 'contact' | 'member' | 'visitor'
    name: string | null
    phone: string | null
    email: string | null
  }
  request: { type: string; receivedAt: string }
  preparedAt: string
  controller: { kind: 'business' | 'us'; name: string; contact: string | null; numbers: string[] }
  /** Who runs the service for the controller; the same where that is us. */
  service: { name: string; operator: string; country: string; contact: string }
  source: string
  automatedDecisions: string
  rights: string
  leftOut: string[]
  recipients: Recipient[]
  kinds: Kind[]
}

export type SheetFacts = Pick<Sheet, 'about' | 'request' | 'preparedAt' | 'controller' | 'service'> & {
  recipients: readonly Recipient[]
}

/** `tables`: those that can hold something about the person. */
export function sheetOf(facts: SheetFacts, tables: readonly TableName[]): Sheet {
  const { about, request, preparedAt, controller, service, recipients } = facts
  const writeTo = controller.contact ?? `${controller.name} (${controller.numbers.join(', ')})`
  return {
    format: 'softivum-export/1',
    about,
    request,
    preparedAt,
    controller,
    service,
    source:
      about.kind === 'contact'
        ? 'From you and from the business you wrote with, through Meta’s WhatsApp Business Platform.'
        : 'From you, and from what happened in the service.',
    automatedDecisions: 'No decision about you is made by automated means alone, and you are not profiled.',
    rights: `You may ask for correction, deletion or restriction, object, and complain to a supervisory authority. Write to ${writeTo}, or to ${service.contact}.`,
    leftOut,
    recipients: recipients.map(({ name, country, purpose, contact, data }) => ({
      name,
      country,
      purpose,
      contact,
      data,
    })),
    kinds: tables.map(kindOf),
  }
}

/** What is not in the package, and why. */
const leftOut = [
  `Other people’s data. In its place stands ${marker.person}, ${marker.number} or ${marker.email}.`,
  'Seven digits or more that are neither your number nor the business’s may be somebody’s phone number and are left out too, even where they were something else. The same holds for e-mail addresses.',
  'A name that is only mentioned in a sentence cannot be told from other words and is still there. So is whatever a picture, a recording or a document shows.',
  'Keys and keyed digests that secure the service: they say nothing about you to anybody else.',
]

function kindOf(table: TableName): Kind {
  const { purpose, basis, life, erase, columns } = d1[table]
  const exported = Object.values(columns as Record<string, { category: Category; exported: boolean }>)
  return {
    table,
    what: titleOf(table),
    data: [...new Set(exported.filter((column) => column.exported).map(({ category }) => category))],
    purpose,
    basis,
    kept: keptFor(life),
    erased:
      erase === 'keep pseudonymous'
        ? 'what stays names nobody'
        : erase === 'delete'
          ? 'deleted'
          : 'key destroyed and deleted',
  }
}

function keptFor(life: Life): string {
  if (life === 'erasure') return 'until it is deleted'
  const days = `${life.days} ${life.days === 1 ? 'day' : 'days'}`
  // A condition of the catalogue speaks of refs, which nobody outside knows.
  return life.when === undefined
    ? days
    : `${days} where ${life.when.replace(' of this ref', '')}, else until it is deleted`
}
