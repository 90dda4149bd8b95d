// What env.ts parses and every door may read. Only types here.

export type Settings = {
  appId: string
  /** Newest first; each is tried when a signature is verified, the first signs. */
  appSecrets: string[]
  verifyToken: string
  operatorKey: string | undefined
  /** Of Facebook Login for Business; without it nobody is offered Meta's sign-up window. */
  configId: string | undefined
  graphOrigin: string
  /** As `v25.0`: what our own calls use; a caller's path keeps its own version. */
  graphVersion: string
  publicOrigin: string
  /** Where our own pages may be asked from: the public origin; on one's own machine by both of its names. */
  pageOrigins: readonly string[]
  /** Ed25519 seeds by key id; the first signs, all verify. */
  receiptKeys: { id: string; seed: Uint8Array }[]
  /** Sign the cookie of a session; made of the root keys. The first signs, all verify. */
  sessionSecrets: [string, ...string[]]
  /** The sender of our mails, as `Name <address>` or an address. */
  mailFrom: string
}
