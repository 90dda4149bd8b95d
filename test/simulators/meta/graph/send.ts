// `POST /{phone}/messages` and `/marketing_messages`: check as Meta checks, accept, tell what became of it.
// Called by the router. Source: Meta’s documentation.

import { refusal } from '../errors.ts'
import { takeFault } from '../faults.ts'
import { wamid } from '../ids.ts'
import type { Json, PhoneNumber, SentMessage, Template } from '../state.ts'
import { announceCourse } from '../webhooks/statuses.ts'
import { type Call, needProduct, needScope, ownNumber } from './call.ts'
import { isStatusCall, markRead } from './mark-read.ts'
import { checkMediaRefs, laterMediaFailure } from './message-media.ts'
import { checkFrame, checkTyped } from './message-rules.ts'
import { priceOf } from './pricing.ts'
import { takePairToken } from './rates.ts'
import { type Recipient, recipientOf } from './recipient.ts'
import { findTemplate, renderTemplate } from './template-render.ts'

const windowMs = 24 * 3_600_000

type Failure = { code: number; details?: string }
type Checked = { type: string; template: Template | null; rendered: Json | null; later: Failure | null }

function checkNumber(call: Call, number: PhoneNumber): void {
  const waba = call.sim.world.wabaOf(number)
  if (waba.locked) throw refusal(131031)
  if (!number.registered) throw refusal(133010)
}

function windowOpen(call: Call, number: PhoneNumber, recipient: Recipient): boolean {
  const { world } = call.sim
  if (!world.settings.enforceWindow) return true
  const now = world.now()
  if (recipient.via === 'group') return now - recipient.group.lastInboundAt < windowMs
  if (recipient.via === 'lost' || !recipient.person) return true
  return now - world.pair(number.id, recipient.person.id).lastInboundAt < windowMs
}

function checkTemplate(
  call: Call,
  number: PhoneNumber,
  recipient: Recipient,
  marketing: boolean,
): Omit<Checked, 'type' | 'later'> {
  const given = call.body.template as Json
  const template = findTemplate(call.sim.world, call.sim.world.wabaOf(number), given)
  if (marketing && template.category !== 'MARKETING') throw refusal(131055)
  if (recipient.via === 'user' && template.category === 'AUTHENTICATION') throw refusal(131062)
  return { template, rendered: renderTemplate(template, given) }
}

function checkPerson(number: PhoneNumber, recipient: Recipient): void {
  if (recipient.via === 'phone' && recipient.waId === number.digits) throw refusal(131021)
  const person = recipient.via === 'phone' || recipient.via === 'user' ? recipient.person : null
  if (person && number.blocked.includes(person.id)) throw refusal(130403)
}

/** What will go wrong only after Meta has said yes. */
function laterFailure(
  call: Call,
  number: PhoneNumber,
  recipient: Recipient,
  template: Template | null,
): Failure | null {
  const { world } = call.sim
  const planned = takeFault(world, ['failed'], 'POST', call.url.pathname)
  if (planned)
    return { code: planned.code, ...(planned.details === null ? {} : { details: planned.details }) }
  if (recipient.via === 'user' && !recipient.person) return { code: 131026 }
  if (recipient.via === 'phone' && world.settings.notOnWhatsApp.includes(recipient.waId))
    return { code: 131026 }
  const person = recipient.via === 'phone' || recipient.via === 'user' ? recipient.person : null
  const stopped = person !== null && world.pair(number.id, person.id).stoppedMarketing
  if (stopped && template?.category === 'MARKETING') return { code: 131050 }
  const broken = laterMediaFailure(call)
  if (broken) return broken
  if (call.body.type === 'reaction') {
    const target = (call.body.reaction as { message_id: string }).message_id
    const known = world.state.received.get(target) ?? world.state.sent.get(target)
    if (!known || world.now() - known.at > 30 * windowMs)
      return { code: 131009, details: 'Reaction message is not valid' }
  }
  return null
}

function check(call: Call, number: PhoneNumber, recipient: Recipient, marketing: boolean): Checked {
  const { world } = call.sim
  const type = checkFrame(call.body, marketing)
  if (marketing && type !== 'template') throw refusal(131055)
  checkTyped(type, call.body)
  checkPerson(number, recipient)
  const found =
    type === 'template'
      ? checkTemplate(call, number, recipient, marketing)
      : { template: null, rendered: null }
  checkMediaRefs(call, number, type)
  let later = laterFailure(call, number, recipient, found.template)
  if (type !== 'template' && !windowOpen(call, number, recipient)) {
    if (!world.settings.asyncWindowErrors) throw refusal(131047)
    later = { code: 131047 }
  }
  if (recipient.via === 'phone' || recipient.via === 'user') {
    if (recipient.person) takePairToken(world, number, recipient.person.id)
  }
  return { type, ...found, later }
}

function remember(call: Call, number: PhoneNumber, recipient: Recipient, checked: Checked): SentMessage {
  const { world } = call.sim
  const person = recipient.via === 'phone' || recipient.via === 'user' ? recipient.person : null
  const party = recipient.via === 'phone' || recipient.via === 'lost' ? recipient.waId : recipient.input
  const price = priceOf(
    world,
    number,
    checked.template?.category ?? null,
    checked.type,
    recipient.via === 'group',
  )
  const unpaid = price.type === 'regular' && world.wabaOf(number).fundingId === null
  const failure = checked.later ?? (unpaid ? { code: 131042 } : null)
  const message: SentMessage = {
    id: wamid(party, 'out'),
    numberId: number.id,
    personId: person?.id ?? null,
    groupId: recipient.via === 'group' ? recipient.group.id : null,
    to: typeof call.body.to === 'string' ? call.body.to : null,
    recipient: typeof call.body.recipient === 'string' ? call.body.recipient : null,
    via: recipient.via,
    type: checked.type,
    payload: call.body,
    at: world.now(),
    version: call.version,
    category: price.category,
    priceType: price.type,
    statuses: [],
    delivered: recipient.via !== 'lost' && failure === null,
    rendered: checked.rendered,
  }
  world.state.sent.set(message.id, message)
  world.trim(world.state.sent, call.sim.options.messageLimit)
  const chat = message.groupId ?? message.personId
  if (message.delivered && chat !== null) {
    const pair = world.pair(number.id, chat)
    pair.timeline.push(message.id)
    pair.typingUntil = 0
    if (pair.timeline.length > 500) pair.timeline.shift()
  }
  world.touch()
  if (recipient.via !== 'lost') announceCourse(call.sim, message, failure)
  return message
}

function answerOf(recipient: Recipient, message: SentMessage): Json {
  const ids =
    recipient.via === 'user'
      ? { user_id: recipient.userId }
      : recipient.via === 'group'
        ? {}
        : { wa_id: recipient.waId }
  const paced = message.type === 'template' ? { message_status: 'accepted' } : {}
  return {
    messaging_product: 'whatsapp',
    contacts: [{ input: recipient.input, ...ids }],
    messages: [
      { id: message.id, ...(message.groupId === null ? {} : { group_id: message.groupId }), ...paced },
    ],
  }
}

async function send(call: Call, marketing: boolean): Promise<Json> {
  const number = ownNumber(call, call.id)
  needScope(call, 'whatsapp_business_messaging')
  needProduct(call)
  checkNumber(call, number)
  if (!marketing && isStatusCall(call.body)) return markRead(call, number)
  call.sim.rates.checkThroughput(call.sim.world, number)
  const recipient = recipientOf(call.sim.world, number, call.body)
  const message = remember(call, number, recipient, check(call, number, recipient, marketing))
  const { statusBeforeResponse, hold } = call.sim.world.settings
  if (statusBeforeResponse && !hold) {
    const mine = (update: { value: Json }): boolean => {
      return ((update.value.statuses ?? []) as { id?: string }[]).some((status) => status.id === message.id)
    }
    await call.sim.courier.deliverNow(mine)
  }
  return answerOf(recipient, message)
}

export const sendMessage = (call: Call): Promise<Json> => send(call, false)
export const sendMarketing = (call: Call): Promise<Json> => send(call, true)
