// What must be true before a message leaves, in this order; the first gate that is shut answers. Pure: facts in,
// decision out. Called by the send walk. Each refusal carries the code Meta would have given for it, because clients
// decide by it. Source: error codes, business-scoped user ids, messaging limits (Meta).

import type { Window } from '../conversations/window.ts'
import type { ContentFault } from '../meta/send-content.ts'
import { noSuchObject, type Refusal } from '../meta/send-error.ts'
import type { Recipient } from '../meta/send-recipient.ts'

export type HoldKind =
  | 'suspended'
  | 'frozen'
  | 'banned'
  | 'disconnected'
  | 'reconnect'
  | 'restricted'
  | 'objected'

export type GateFacts = {
  /** As in the path. */
  phoneNumberId: string
  /** False for a number of another account and for one that does not exist: nobody may tell them apart. */
  numberOwned: boolean
  /** False when its WhatsApp account is gone or its token cannot be opened. */
  numberConnected: boolean
  /** Holds that stand on the account, on the number's WhatsApp account, or on the recipient. */
  holds: readonly HoldKind[]
  /** Undefined for read receipts and typing. */
  recipient: Recipient | undefined
  /** The last erasure of this person, if there was one. */
  erasedAt: number | undefined
  /** The newest word of this person to any number of the account. */
  heardAt: number | undefined
  window: Window
  needsWindow: boolean
  /** A template, a direct send, or anything for the marketing edge: the business begins. */
  begins: boolean
  edge: 'messages' | 'marketing_messages'
  /** The person told WhatsApp to have no marketing of this business, and this is for the marketing edge. */
  unwanted: boolean
  /**
   * Of what the business begins: the person took back their consent to it, or the workspace wants one written down and there is
   * none.
   */
  consent: 'withdrawn' | 'missing' | undefined
  /** What is said about the person's own request reaches them though they are to be left alone. */
  answersRequest: boolean
  fault: ContentFault | undefined
}

export type Decision = { ok: true } | { ok: false; refusal: Refusal }
type Gate = (facts: GateFacts) => Refusal | undefined

const stands = (facts: Pick<GateFacts, 'holds'>, ...kinds: HoldKind[]) =>
  facts.holds.some((kind) => kinds.includes(kind))
const locked = { status: 403, code: 131031, title: 'Business Account locked' }

/** Also asked before every other call that is passed on to Meta. */
export const accountGate = (facts: Pick<GateFacts, 'holds'>): Refusal | undefined =>
  stands(facts, 'suspended')
    ? {
        ...locked,
        gate: 'account',
        details: 'This workspace is suspended.',
        remedy: 'Write to the operator of this gateway.',
      }
    : undefined

export const frozenGate = (facts: Pick<GateFacts, 'holds'>): Refusal | undefined =>
  stands(facts, 'frozen')
    ? {
        ...locked,
        gate: 'frozen',
        details: 'This workspace is being deleted.',
        remedy: 'Nothing is sent any more while a deletion runs.',
      }
    : undefined

const numberGate: Gate = (facts) => {
  if (!facts.numberOwned) return noSuchObject('post', facts.phoneNumberId)
  if (stands(facts, 'banned')) {
    return {
      ...locked,
      gate: 'number',
      details: 'Meta banned this WhatsApp account.',
      remedy: 'Appeal in WhatsApp Manager.',
    }
  }
  if (facts.numberConnected && !stands(facts, 'disconnected')) return undefined
  return {
    gate: 'number',
    status: 400,
    code: 133010,
    title: 'Account not registered',
    details: 'This number is not connected to the gateway any more.',
    remedy: 'Connect the WhatsApp account again.',
  }
}

const spelling = {
  missing: {
    code: 131008,
    title: 'Required parameter is missing',
    remedy: 'Give a phone number in to, or a business-scoped user id in recipient.',
  },
  bsuid_in_to: {
    code: 131009,
    title: 'Parameter value is not valid',
    remedy: 'Put the business-scoped user id in recipient: in to, Meta would accept and silently drop it.',
  },
  not_a_phone: {
    code: 131009,
    title: 'Parameter value is not valid',
    remedy: 'Give the phone number with country code, as +34600111222.',
  },
  not_a_bsuid: {
    code: 131009,
    title: 'Parameter value is not valid',
    remedy: 'Give the business-scoped user id exactly as Meta gave it, as ES.7700112233445566.',
  },
} as const

const recipientGate: Gate = ({ recipient }) => {
  if (recipient?.kind !== 'malformed') return undefined
  const details =
    recipient.reason === 'missing'
      ? `The parameter ${recipient.parameter} is required.`
      : `Param ${recipient.parameter} is not valid.`
  return { gate: 'recipient', status: 400, details, ...spelling[recipient.reason] }
}

export const erasedRefusal: Refusal = {
  gate: 'erased',
  status: 400,
  code: 131026,
  title: 'Message undeliverable',
  details: 'The data of this person was erased, and they have not written since.',
  remedy: 'Wait until the person writes first.',
}

const erasedGate: Gate = ({ erasedAt, heardAt }) =>
  erasedAt === undefined || (heardAt ?? 0) > erasedAt ? undefined : erasedRefusal

const restrictedGate: Gate = (facts) =>
  stands(facts, 'restricted') && !facts.answersRequest
    ? {
        ...locked,
        gate: 'restricted',
        title: 'Recipient restricted',
        details: 'This person asked to be forgotten, or objected.',
        remedy: 'Nothing is sent to this person while the request stands.',
      }
    : undefined

const marketingStopped = {
  gate: 'objected',
  status: 400,
  code: 131050,
  title: 'Unable to deliver the message',
}

const objectedGate: Gate = (facts) => {
  if (facts.unwanted)
    return {
      ...marketingStopped,
      details: 'This person told WhatsApp to stop marketing messages of this business.',
      remedy: 'Do not send marketing to this person.',
    }
  if (!facts.begins || !stands(facts, 'objected')) return undefined
  return {
    ...marketingStopped,
    details: 'This person asked this business to stop.',
    remedy: 'Answer within 24 hours of what the person writes; do not begin. They can write START.',
  }
}

const consentGate: Gate = ({ begins, consent, answersRequest }) => {
  if (!begins || answersRequest || consent === undefined) return undefined
  const refusal = { gate: 'consent', status: 400, code: 131050, title: 'Unable to deliver the message' }
  return consent === 'withdrawn'
    ? {
        ...refusal,
        details: 'This person took back the consent to messages of this kind.',
        remedy: 'Answer what the person writes; begin again only with a new consent, written down.',
      }
    : {
        ...refusal,
        details: 'There is no consent to marketing written down for this person.',
        remedy: 'Write the consent down with its proof, or change the rule of the workspace.',
      }
}

const windowGate: Gate = ({ needsWindow, window }) =>
  !needsWindow || window.state === 'open'
    ? undefined
    : {
        gate: 'window',
        status: 400,
        code: 131047,
        title: 'Re-engagement message',
        details: 'More than 24 hours have passed since the customer last wrote to this number.',
        remedy: 'Send an approved template, or wait until the person writes.',
      }

const titles = {
  100: 'Invalid parameter',
  131008: 'Required parameter is missing',
  131009: 'Parameter value is not valid',
} as const

const contentGate: Gate = ({ fault }) =>
  fault && {
    gate: 'content',
    status: 400,
    code: fault.code,
    title: titles[fault.code],
    details: fault.details,
    remedy: `Correct ${fault.parameter} and send again.`,
  }

const gates: readonly Gate[] = [
  accountGate,
  frozenGate,
  numberGate,
  recipientGate,
  erasedGate,
  restrictedGate,
  objectedGate,
  consentGate,
  windowGate,
  contentGate,
]

export function decide(facts: GateFacts): Decision {
  for (const gate of gates) {
    const refusal = gate(facts)
    if (refusal) return { ok: false, refusal }
  }
  return { ok: true }
}
