// Every version of every public document, as its file in site/content/legal/versions says: `npm run policy` writes this
// list with the file, and test/site/policy-versions.test.ts compares them. The gateway reads it to know what is in
// force, whom it has to tell, and which hashes belong into the transparency log.

export type DocumentName = 'privacy' | 'terms' | 'subprocessors' | 'dpa'

/** A material change is not in force before so many days after everybody who has to know was told. */
export const noticeDays = 30

export type DocumentVersion = {
  document: DocumentName
  /** Counted from 1, per document. */
  version: string
  /** Hex SHA-256 of the text in the file. */
  hash: string
  /** ISO date on which it was written and announced. */
  announced: string
  /** ISO date: not in force before. */
  effective: string
  material: boolean
  /** What changed, in a sentence. */
  summary: string
}

/** Per document, oldest first. */
export const documents: readonly DocumentVersion[] = [
  {
    document: 'privacy',
    version: '1',
    hash: '905b26f16807681a39210675c45388b15e3cd3a16f198baa70af313062fa114a',
    announced: '2026-11-22',
    effective: '2026-11-22',
    material: false,
    summary: 'The first version.',
  },
  {
    document: 'privacy',
    version: '2',
    hash: '5ca86b82674f55e35e307e13b6b7c5e5331101ef4e9617f7c00ea96b50ff3398',
    announced: '2026-11-28',
    effective: '2026-12-28',
    material: true,
    summary:
      'The portal: signing in and its cookie, files that are kept, search, notes, consents and shorter retention.',
  },
  {
    document: 'terms',
    version: '1',
    hash: '5a6f2b68b2d2646400b0f65490bebd9af794b749d9092f8ebc2758580161988a',
    announced: '2026-11-22',
    effective: '2026-11-22',
    material: false,
    summary: 'The first version.',
  },
  {
    document: 'terms',
    version: '2',
    hash: '3271f58db7320568557e8d613aac41a25433f572d9c875877090d5ce08b4f049',
    announced: '2026-11-28',
    effective: '2026-12-28',
    material: true,
    summary: 'The portal: members, roles, passkeys and codes.',
  },
  {
    document: 'subprocessors',
    version: '1',
    hash: 'd77b569fd70ff21e64d7538274e02a13b48585e7298e67d851b4e588ef1443d2',
    announced: '2026-11-22',
    effective: '2026-11-22',
    material: false,
    summary: 'The first version.',
  },
  {
    document: 'subprocessors',
    version: '2',
    hash: 'afa40d1a6b577951c75489c010126e7d14103f7a14086ce2e4b02ac4271ea40b',
    announced: '2026-11-28',
    effective: '2026-12-28',
    material: true,
    summary: "Meta's sign-up window is named among what is called; two stores more.",
  },
  {
    document: 'dpa',
    version: '1',
    hash: 'd40d945894bfeacd7b54dac6bb341a2524e3a7a0bf38bf124618bbfbc26ef828',
    announced: '2026-11-28',
    effective: '2026-11-28',
    material: false,
    summary: 'The first version.',
  },
]
