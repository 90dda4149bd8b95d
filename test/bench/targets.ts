// What the bench can put under load, and the seam every target is hidden behind. Sections take targets from
// here and know nothing else about them.

export interface Target {
  name: string
  /** `inspectorPort` asks a workerd target to open its inspector there; others ignore it. */
  start(options?: { inspectorPort?: number }): Promise<Running>
}

export interface Running {
  /** Where signed events are posted; the path must be `webhookPath`. */
  webhookUrl: string
  /** Server processes; their children are counted and pinned with them. */
  pids: number[]
  /** What the events must say and be signed with. */
  identity: Identity
  /** Messages that are durably in the target's database now. Undefined for a target that keeps nothing. */
  stored?: () => Promise<number>
  /** It stores before it answers: once all is answered there is nothing to wait for. */
  storesFirst?: boolean
  /** Adds stored messages, not through the webhook, until there are `count`; answers how many there are. */
  fill?: (count: number) => Promise<number>
  /** True once the message of this sender is visible in the target's API. */
  seen?: (from: string, wamid: string) => Promise<boolean>
  /** The same send, straight to the simulator and through the target. */
  send?: SendDoors
  /** Forgetting people who have written much. */
  erasing?: Erasing
  stop(): Promise<void>
}

export interface Identity {
  appSecret: string
  phoneNumberId: string
  wabaId: string
}

export interface Erasing {
  /** Another business of the same target. */
  neighbour: Identity
  /** Somebody new with so many stored messages; answers who. */
  plant(rows: number): Promise<string>
  /** Forgets them, as a business asks for it; ends when their messages are gone, and is told how many are so far. */
  forget(who: string, onRows: (rows: number) => void): Promise<Erased>
  /** The same messages by nothing but SQL on the same database, in chunks. */
  plainDelete(who: string): Promise<Erased>
}

export interface Erased {
  rows: number
  ms: number
}

export interface SendDoors {
  direct: SendDoor
  proxied: SendDoor
}

/** `POST url` with a bearer token and a Cloud API text message. */
export interface SendDoor {
  url: string
  token: string
}

export const webhookPath = '/webhooks/meta'

/** For targets that choose their own secret. The values mean nothing outside of the bench. */
export const plainIdentity: Identity = {
  appSecret: 'bench_app_secret',
  phoneNumberId: '301600700800900',
  wabaId: '201500300400500',
}
