// How long an answer to a request of a person may take: one dated row for each law, and our own promise, which is
// stricter than all of them. The clock of a request is computed from here, and the policy shows the same rows. A law
// that changes gets a new row with a higher version; the old one stays, because requests name the rows they ran by.

export type RegimeName = 'gdpr' | 'uk-gdpr' | 'dpdp' | 'it-act' | 'ccpa' | 'lgpd'

export type Authority = { name: string; url: string }

export type Clock = {
  regime: RegimeName
  version: number
  title: string
  /** Whose requests it is for, in words that follow on "for". */
  appliesTo: string
  /** From the day of receipt. Absent where the law names no number. `access` is access and export. */
  kinds: { access?: number; other?: number }
  unit: 'month' | 'calendar days'
  source: string
  /** ISO date; not applied to requests received before. */
  effectiveFrom: string
  /** Where a person complains when the answer is a refusal, or none. */
  authority: Authority
}

/** Both Indian rows: the Board is reached through the ministry until it has a door of its own. */
const board: Authority = {
  name: 'Data Protection Board of India (Ministry of Electronics and Information Technology)',
  url: 'https://www.meity.gov.in/',
}

export const clocks: readonly Clock[] = [
  {
    regime: 'gdpr',
    version: 1,
    title: 'General Data Protection Regulation',
    appliesTo: 'people in the European Economic Area',
    kinds: { access: 1, other: 1 },
    unit: 'month',
    source: 'Regulation (EU) 2016/679, Art. 12(3)',
    effectiveFrom: '2018-05-25',
    authority: {
      name: 'Your national supervisory authority (list of the European Data Protection Board)',
      url: 'https://www.edpb.europa.eu/about-edpb/about-edpb/members_en',
    },
  },
  {
    regime: 'uk-gdpr',
    version: 1,
    title: 'UK GDPR',
    appliesTo: 'people in the United Kingdom',
    kinds: { access: 1, other: 1 },
    unit: 'month',
    source: 'Art. 12(3)',
    effectiveFrom: '2021-01-01',
    authority: { name: 'Information Commissioner’s Office', url: 'https://ico.org.uk/make-a-complaint/' },
  },
  {
    regime: 'it-act',
    version: 1,
    title: 'Information Technology Act, SPDI Rules',
    appliesTo: 'people in India',
    kinds: { other: 1 },
    unit: 'month',
    source: 'SPDI Rules 2011, Rule 5(9): grievances',
    effectiveFrom: '2011-04-11',
    authority: board,
  },
  {
    regime: 'dpdp',
    version: 1,
    title: 'Digital Personal Data Protection Act',
    appliesTo: 'people in India, from 13 May 2027',
    kinds: { other: 90 },
    unit: 'calendar days',
    source: 'DPDP Act 2023, s. 13; DPDP Rules 2025, Rule 14: the longest period for grievances',
    effectiveFrom: '2027-05-13',
    authority: board,
  },
  {
    regime: 'ccpa',
    version: 1,
    title: 'California Consumer Privacy Act',
    appliesTo: 'people in California',
    kinds: { access: 45, other: 45 },
    unit: 'calendar days',
    source: 'CCPA Regulations, § 7021(b)',
    effectiveFrom: '2023-03-29',
    authority: {
      name: 'California Privacy Protection Agency',
      url: 'https://cppa.ca.gov/webapplications/complaint',
    },
  },
  {
    regime: 'lgpd',
    version: 1,
    title: 'Lei Geral de Proteção de Dados',
    appliesTo: 'people in Brazil',
    kinds: { access: 15 },
    unit: 'calendar days',
    source: 'Lei 13.709/2018, Art. 19, II',
    effectiveFrom: '2020-09-18',
    authority: {
      name: 'Agência Nacional de Proteção de Dados',
      url: 'https://www.gov.br/anpd/pt-br',
    },
  },
]

/** What we promise everybody, wherever they live. In calendar days from the day of receipt. */
export const promise = {
  accessDays: 15,
  otherDays: 30,
  /** So long before the end a request that a business has not answered is let through. */
  letThroughBeforeDays: 5,
  /** So long before it is let through the business is reminded. */
  remindBeforeDays: 5,
} as const

/** How long it really takes, on the machine the measurements of the README were made on. */
export const measured = {
  on: '2026-11-22',
  /** From the request to the receipt, for a person with a few messages. */
  contactSeconds: 20,
  /** What deleting adds for somebody with a hundred thousand. */
  recordsPerSecond: 10_900,
} as const
