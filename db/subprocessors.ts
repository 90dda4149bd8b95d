// Everybody who processes personal data for us: the register behind /subprocessors, its feed, section 8 of the policy
// and the mails about changes. test/site/honesty.test.ts holds it against wrangler.toml and against every address that
// the source calls: a provider cannot be used without standing here.

import type { Category } from './catalog.ts'

export type Subprocessor = {
  /** As in the notes about changes. */
  id: string
  name: string
  address: string
  /** Where questions about privacy are answered there. */
  contact: string
  country: string
  role: string
  purpose: string
  data: Category[]
  /** Of wrangler.toml: what of ours runs there. */
  bindings: string[]
  /** What the Worker calls there; `*.` stands for any name below. */
  hosts: string[]
  /** What protects data that leaves the country of the person. */
  transfer: string
  location: string
  /** ISO date. */
  since: string
  /** Whom they work with in turn. */
  theirs: string
  /** What the operator still has to confirm in writing; empty when nothing. */
  toConfirm: string
}

export const subprocessors: readonly Subprocessor[] = [
  {
    id: 'cloudflare',
    name: 'Cloudflare, Inc.',
    address: '101 Townsend Street, San Francisco, CA 94107, United States',
    contact: 'privacyquestions@cloudflare.com',
    country: 'United States',
    role: 'hosting, database, files, queue, rate limits, e-mail, delivery',
    purpose: 'Runs the whole service. It carries every request and keeps every record.',
    data: [
      'content',
      'contact details',
      'account details',
      'credential',
      'pseudonym',
      'metadata',
      'operational',
    ],
    bindings: [
      'DB',
      'KEYS',
      'INTAKE',
      'KEEPER',
      'ERASER',
      'TRANSPARENCY',
      'FEED',
      'FILES',
      'MAIL',
      'ERRANDS',
      'MEDIA',
      'RATE',
      'ASSETS',
    ],
    hosts: [],
    transfer:
      'Cloudflare’s Data Processing Addendum with the EU standard contractual clauses and the UK addendum',
    location: 'worldwide; where each store is: section 12 of the privacy policy',
    since: '2026-11-23',
    theirs: 'https://www.cloudflare.com/gdpr/subprocessors/',
    toConfirm: 'that the Data Processing Addendum covers the account in use',
  },
  {
    id: 'meta',
    name: 'Meta Platforms Ireland Limited, and Meta Platforms, Inc.',
    address: 'Merrion Road, Dublin 4, D04 X2K5, Ireland; and 1 Meta Way, Menlo Park, CA 94025, United States',
    contact: 'https://www.facebook.com/help/contact/540977946302970',
    country: 'Ireland and United States',
    role: 'WhatsApp Business Platform',
    purpose:
      'Carries messages between businesses and the people they talk with, and tells us what became of them.',
    data: ['content', 'contact details', 'account details', 'credential', 'metadata'],
    bindings: [],
    // The last two by the browser of a member, on the page that opens Meta's sign-up window.
    hosts: ['graph.facebook.com', '*.fbsbx.com', 'connect.facebook.net', 'www.facebook.com'],
    transfer: 'WhatsApp Business Data Transfer Addendum with the EU standard contractual clauses',
    location: 'where Meta operates, among others in the United States',
    since: '2026-11-23',
    theirs: 'https://www.whatsapp.com/legal/business-data-processing-terms',
    toConfirm: 'which of the two companies the operator’s contract is with',
  },
]

/** What changed in the register, newest first: the feed, and what subscribers are mailed. */
export const changes: readonly { on: string; what: string }[] = [
  {
    on: '2026-11-23',
    what: 'The register begins: Cloudflare for hosting, Meta for the WhatsApp Business Platform.',
  },
]

/** Hosts that stand in the source and are never called, with the reason why they stand there. */
export const namedHosts: Readonly<Record<string, string>> = {
  'www.edpb.europa.eu': 'a link for people: supervisory authorities',
  'ico.org.uk': 'a link for people: supervisory authority',
  'www.meity.gov.in': 'a link for people: supervisory authority',
  'cppa.ca.gov': 'a link for people: supervisory authority',
  'www.gov.br': 'a link for people: supervisory authority',
  'www.cloudflare.com': 'a link for people: subprocessors of Cloudflare',
  'www.whatsapp.com': 'a link for people: data processing terms of WhatsApp',
  'developers.facebook.com': 'a link for developers in answers of the API',
  'www.sitemaps.org': 'the name of an XML format, in the sitemap',
  'wa.me': 'a link that a person follows to open WhatsApp',
}
