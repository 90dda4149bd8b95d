// Why a message failed, in words for whoever wrote it: what Meta calls it, what it means, what to do. Pure. Called by what the
// API says of messages. Source: error codes page (Meta); the remedies are those of failure.ts.

import { classify } from './failure.ts'

export type FailureWords = { code: number | null; title: string; meaning: string; remedy: string }

const words: Record<number, readonly [title: string, meaning: string]> = {
  0: [
    'Meta does not accept the connection',
    'The permission this workspace gave has ended or was withdrawn.',
  ],
  4: ['Too many calls', 'This app has asked Meta too often within an hour. Nothing was sent.'],
  10: ['A permission is missing', 'The connection may not send messages for this account.'],
  33: ['The number is gone', 'Meta knows no such number.'],
  100: ['A part of the message is not right', 'Meta does not take one of the values in it.'],
  190: [
    'Meta does not accept the connection',
    'The permission this workspace gave has ended or was withdrawn.',
  ],
  368: ['Meta blocked the account', 'It holds that its policies were broken.'],
  80007: ['Too many calls', 'This account has asked Meta too often. Nothing was sent.'],
  130403: ['You blocked this person', 'To someone on the block list nothing is sent.'],
  130429: ['Too many messages at once', 'The number sent more than Meta lets through in a second.'],
  130472: [
    'Meta held the message back',
    'The person is part of an experiment in which they get no marketing.',
  ],
  130497: ['Not in this country', 'Meta does not let this account write to people there.'],
  131000: ['Meta had trouble', 'Meta does not say what; the message may have gone out.'],
  131005: ['A permission is missing', 'The connection may not do this.'],
  131008: ['Something is missing in the message', 'Meta needs a value that is not there.'],
  131009: ['A part of the message is not right', 'Meta does not take one of the values in it.'],
  131016: ['Meta was unavailable', 'The message may have gone out.'],
  131021: ['To yourself', 'The number cannot write to itself.'],
  131026: [
    'The person could not be reached',
    'They may have no WhatsApp, an old version of it, or have not accepted its terms. Meta does not say which.',
  ],
  131030: ['Not on the list of the test number', 'A test number writes only to people on its list.'],
  131031: [
    'Meta locked the account',
    'It holds that its policies were broken, or could not verify the account.',
  ],
  131037: ['The display name is not approved', 'Until Meta has approved it the number cannot write first.'],
  131042: ['Payment', 'Meta could not charge for the message.'],
  131044: ['Payment', 'The account has no payment method.'],
  131045: ['The number is not registered', 'Meta does not know it as ready to send.'],
  131047: ['The 24 hours are over', 'More than a day has passed since the person last wrote.'],
  131048: ['Meta limits this number', 'Too many people blocked it or reported its messages.'],
  131049: ['Meta held the message back', 'The person has had enough marketing for now, of you or of others.'],
  131050: [
    'The person wants no marketing',
    'They told WhatsApp to stop marketing messages of this business.',
  ],
  131051: ['Unknown kind of message', 'Meta does not send messages of this type.'],
  131052: ['The file could not be loaded', 'Meta did not get it.'],
  131053: ['The file was not taken', 'Its type or size is not among those that WhatsApp shows.'],
  131056: ['Too many messages to this person', 'Several went to one person within seconds.'],
  131057: ['Maintenance', 'Meta is working on the account.'],
  131062: ['The phone number is needed', 'This kind of message cannot be sent to a user id.'],
  131063: ['Wrong way for marketing', 'Marketing templates go another way at Meta.'],
  131064: ['Templates in the wrong category', 'Meta found too many of them.'],
  132000: ['The variables do not fit', 'The template has another number of variables.'],
  132001: ['No such template', 'It does not exist in this language, or is not approved.'],
  132005: ['Too long', 'With its variables filled in, the template is too long.'],
  132007: ['The template breaks a policy', 'Meta does not let its text through.'],
  132012: ['The variables do not fit', 'One of them has another form than in the template.'],
  132015: ['The template is paused', 'People blocked it or reported it too often.'],
  132016: ['The template is disabled', 'It was paused too often for its quality.'],
  132018: ['A variable is not right', 'It holds a line break, a tab or too many spaces.'],
  132068: ['The flow is blocked', 'Meta holds that something is wrong with it.'],
  132069: ['The flow is throttled', 'It was sent too often this hour.'],
  133010: ['The number is not registered', 'Meta does not know it as ready to send.'],
  134011: ['Payment terms', 'They were not accepted.'],
  134100: ['Wrong way', 'Only marketing templates go this way.'],
  134101: ['The template is being prepared', 'Meta needs some minutes with a new template.'],
  134102: ['Not for this account', 'Marketing messages are not available for it.'],
  135000: ['Meta had trouble', 'Something about the values; Meta does not say what.'],
  137000: ['The person’s identity changed', 'They may have a new phone; it has to be confirmed first.'],
  141002: ['The template is not approved', 'Only approved templates can be sent.'],
}

/** Null: it failed, and nobody said why. A code we do not know still gets the remedy of its class. */
export function describeFailure(code: number | null): FailureWords {
  const { remedy } = classify(code ?? undefined)
  const [title, meaning] = (code === null ? undefined : words[code]) ?? [
    'The message failed',
    code === null ? 'Meta did not say why.' : `Meta’s reason has the number ${code}.`,
  ]
  return { code, title, meaning, remedy }
}
