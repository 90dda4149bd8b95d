// The walk of one message through the gateway: who is it for → has this call been made before → load facts → decide →
// write → Meta → write. Called by door.ts for `/messages` and `/marketing_messages`, and by say.ts. A refusal names gate and remedy
// and is on the ledger; a time-out is not a failure, and nothing is ever sent twice by us. Source: send messages (Meta).

import { type Statement, writeBatch } from '../../db/client.ts'
import { entryInsert } from '../audit/audit.ts'
import { actorOf } from '../audit/principal.ts'
import { errorName, log } from '../ground/log.ts'
import { callGraph } from '../meta/graph.ts'
import type { Refusal } from '../meta/send-error.ts'
import type { Outgoing } from '../meta/send-message.ts'
import { answerOf, conclude, tell } from './conclude.ts'
import { type How, loadFacts, loadWho, type SendFacts, type Who } from './facts.ts'
import { decide, erasedRefusal } from './gates.ts'
import { type Claim, type Keyed, once } from './idempotency.ts'
import { type Outside, refuse, type TextAnswer } from './outside.ts'
import { recordSending, type Sending } from './record.ts'
import { mustWait, recordWaiting, tokenDied, waitAfterAll } from './waiting.ts'

export type SendRequest = Keyed & {
  version: string
  edge: How['edge']
  answersRequest?: boolean
  phoneNumberId: string
  outgoing: Outgoing
  /** It may wait for its number to be connected again: the body that `outgoing` was read from, to be read again then. */
  mayWait?: Record<string, unknown>
}

export async function send(out: Outside, request: SendRequest): Promise<TextAnswer> {
  const who = await loadWho(out, request.outgoing.recipient)
  return once(out, who.account, request, (claim) => walk(out, request, who, claim))
}

async function walk(out: Outside, request: SendRequest, who: Who, claim: Claim): Promise<TextAnswer> {
  const facts = await loadFacts(out, request.phoneNumberId, request.outgoing, who, request)
  const decision = decide(facts.gates)
  if (!decision.ok) return recordRefusal(out, facts, decision.refusal, claim)
  if (await mustWait(out, request, facts, who))
    return (
      (await recordWaiting(out, request, facts, who, claim)) ??
      recordRefusal(out, facts, erasedRefusal, claim)
    )
  const sending = await recordSending(out, request.outgoing, request.messageId, facts, who)
  if (!sending) return recordRefusal(out, facts, erasedRefusal, claim)
  claim.handedOver = true
  out.later(tell(out, sending))
  const graph = await handOver(out, request, sending)
  try {
    if (tokenDied(graph) && request.mayWait && sending.record)
      return await waitAfterAll(out, request, sending, graph, claim)
    return await conclude(out, sending, graph, claim)
  } catch (cause) {
    // Meta has answered: whatever failed here, the caller must not be told that nothing was sent.
    log('error', 'send.not_concluded', { messageId: request.messageId, error: errorName(cause) })
    return answerOf(out, sending, graph)
  }
}

export const handOver = (
  out: Outside,
  request: Pick<SendRequest, 'version' | 'edge'>,
  { number, outgoing }: Sending,
) =>
  callGraph({
    origin: out.settings.graphOrigin,
    version: request.version,
    path: `${number.phoneNumberId}/${request.edge}`,
    method: 'POST',
    body: JSON.stringify(outgoing.forward),
    token: number.token,
    ...appSecretOf(out),
    timeoutMs: out.times.graphTimeoutMs,
    // A read receipt that comes too late changes nothing of ours.
    lateMs: outgoing.kind === 'message' ? out.times.graphLateMs : 0,
    fetch: out.fetch,
    route: `{number}/${request.edge}`,
  })

/** The first secret signs; the others are only still accepted. */
export const appSecretOf = (out: Outside): { appSecret?: string } => {
  const appSecret = out.settings.appSecrets[0]
  return appSecret === undefined ? {} : { appSecret }
}

async function recordRefusal(
  out: Outside,
  facts: SendFacts,
  refusal: Refusal,
  claim: Claim,
): Promise<TextAnswer> {
  const answer = refuse(refusal)
  await writeBatch(out.db, [refusalEntry(out, facts.subject, refusal.gate), ...(await claim.keep(answer))])
  return answer
}

const refusalEntry = (out: Outside, subject: string, gate: string): Statement =>
  entryInsert(out.db, {
    accountId: out.principal.accountId,
    actor: actorOf(out.principal),
    action: 'send.refuse',
    subject,
    reason: gate,
    at: out.now(),
  })
