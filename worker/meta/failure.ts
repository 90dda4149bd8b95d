// What an error of Meta's means for whoever sent: decided from `error.code`, never from the HTTP status (rate limits
// come as 400). Pure. Called by the sending walk and by the API. Source: error codes page (Meta), classes of ours:
//   S  refused before sending, safe to repeat slowly      T  trouble at Meta, the message may have gone out
//   W  wait the stated time, no loop                      F  something must be mended first        N  never again

export type FailureClass = 'S' | 'T' | 'W' | 'F' | 'N'
export type FailureAction = 'retry_later' | 'slow_down' | 'reconnect' | 'refuse'

export type Failure = {
  action: FailureAction
  class: FailureClass
  /** True: the message may be on its way; whoever sends it again may send it twice. */
  mayHaveSent: boolean
  remedy: string
}

type Row = readonly [
  codes: number | readonly [from: number, to: number],
  kind: FailureClass | 'R',
  remedy: string,
]

/** R is F whose mending is a new connection to Meta. */
const table: readonly Row[] = [
  [0, 'R', 'Connect the WhatsApp account again: Meta no longer accepts its token.'],
  [1, 'T', 'Wait for a status of this message before sending it again.'],
  [2, 'T', 'Meta is overloaded. Wait for a status of this message before sending it again.'],
  [3, 'F', 'The connected app lacks a capability or permission for this call.'],
  [4, 'S', 'Too many calls. Wait, then go slower.'],
  [10, 'R', 'Connect the WhatsApp account again and grant every permission.'],
  [33, 'N', 'The number was deleted or the id is wrong.'],
  [100, 'F', 'Correct the parameter that details names.'],
  [190, 'R', 'Connect the WhatsApp account again: its token expired or was revoked.'],
  [[200, 299], 'R', 'Connect the WhatsApp account again and grant every permission.'],
  [368, 'N', 'Meta blocked this account for a policy violation. Appeal in WhatsApp Manager.'],
  [2200, 'F', 'The webhook address did not answer the verification.'],
  [80007, 'S', 'The account reached its call limit. Wait, then go slower.'],
  [130403, 'N', 'This business blocked the person. Unblock first.'],
  [130429, 'S', 'The number reached its throughput. Send more slowly.'],
  [130472, 'N', 'The person is in a Meta experiment. Do not send this again.'],
  [130497, 'N', 'This account may not message people in that country.'],
  [131000, 'T', 'Wait for a status of this message before sending it again.'],
  [131005, 'F', 'The token may not do this. Check the permissions of the connection.'],
  [131008, 'F', 'Add the parameter that details names.'],
  [131009, 'F', 'Correct the parameter that details names.'],
  [131016, 'T', 'Meta was unavailable. Wait for a status of this message before sending it again.'],
  [131021, 'N', 'Sender and recipient are the same number.'],
  [131026, 'N', 'The person cannot be reached on WhatsApp with this message.'],
  [131030, 'F', 'Add the recipient to the allowed list of the test number.'],
  [131031, 'N', 'Meta locked the account. See WhatsApp Manager.'],
  [131037, 'F', 'The display name must be approved first.'],
  [131042, 'F', 'Mend the payment method in WhatsApp Manager.'],
  [131044, 'F', 'Add a payment method in WhatsApp Manager.'],
  [131045, 'F', 'Register the number again.'],
  [131047, 'F', 'The 24-hour window is closed. Send an approved template.'],
  [131048, 'W', 'Meta limits this number for its quality. Wait some hours; do not repeat automatically.'],
  [131049, 'W', 'Meta limits marketing to this person. Wait at least 24 hours.'],
  [131050, 'N', 'The person stopped marketing messages of this business. Do not send marketing to them.'],
  [131051, 'N', 'Meta does not know this message type.'],
  [131052, 'F', 'Meta could not load the media. Check the link or the id.'],
  [131053, 'F', 'Meta could not take the media. Check type and size, upload again.'],
  [131055, 'F', 'Use /messages: this endpoint takes marketing templates only.'],
  [131056, 'S', 'Too many messages to this one person. Wait, and wait longer each time.'],
  [131057, 'T', 'The account is in maintenance for some minutes. Wait for a status before sending again.'],
  [131059, 'F', 'Start the list again without the cursor.'],
  [131060, 'N', 'The message is not available.'],
  [131061, 'F', 'Leave bid_spec out, or use /marketing_messages.'],
  [131062, 'F', 'This message needs the phone number of the person in to.'],
  [131063, 'F', 'Send marketing templates with /marketing_messages.'],
  [131064, 'W', 'Template categories were violated too often. Wait as Meta says.'],
  [131065, 'F', 'A maximum price is not available in that country.'],
  [132000, 'F', 'Give as many parameters as the template has.'],
  [132001, 'F', 'Check name and language of the template, and that it is approved.'],
  [132005, 'F', 'Shorten the parameters.'],
  [132007, 'F', 'The template violates a policy. Edit it.'],
  [132012, 'F', 'Give the parameters in the format of the template.'],
  [132015, 'W', 'The template is paused. Wait until Meta resumes it.'],
  [132016, 'N', 'The template is disabled for good. Use another.'],
  [132018, 'F', 'Correct the value of the template parameter.'],
  [132068, 'F', 'Mend the flow.'],
  [132069, 'W', 'The flow is throttled. Wait an hour.'],
  [133000, 'F', 'Deregister the number again.'],
  [133004, 'T', 'Meta cannot register now. Try again later.'],
  [133005, 'F', 'The PIN is wrong.'],
  [133006, 'F', 'Verify the number first.'],
  [[133008, 133009], 'W', 'The PIN was tried too often or too fast. Wait as details says.'],
  [133010, 'F', 'Register the number.'],
  [133015, 'W', 'The number was deleted just now. Wait five minutes.'],
  [133016, 'W', 'Registered too often. Wait 72 hours; never repeat automatically.'],
  [134011, 'F', 'Accept the payment terms.'],
  [134100, 'F', 'Use /messages: this endpoint takes marketing templates only.'],
  [134101, 'W', 'The template is being prepared. Wait ten minutes.'],
  [134102, 'F', 'Marketing messages are not available for this account.'],
  [135000, 'F', 'Correct the parameters.'],
  [136024, 'F', 'Check the state of the registration.'],
  [137000, 'F', 'The identity of the person changed. Confirm it, then send again.'],
  [[138000, 138999], 'F', 'See details: this concerns calling.'],
  [[139100, 139103], 'F', 'See the failed users in the answer.'],
  [141002, 'F', 'The template is not approved.'],
  [[147001, 147005], 'F', 'Choose another username.'],
  [1752041, 'N', 'This was requested already.'],
  [[2388001, 2388103], 'F', 'See details: a template or the migration of a number needs mending.'],
  [2388293, 'F', 'Fewer variables, or a longer text.'],
  [2388299, 'F', 'A variable may not stand first or last.'],
  [2494100, 'T', 'The number is in maintenance. Wait for a status before sending again.'],
  [[2494164, 2494179], 'F', 'See details: this concerns In-App Signup.'],
]

const actions: Record<FailureClass | 'R', FailureAction> = {
  S: 'slow_down',
  T: 'retry_later',
  W: 'slow_down',
  F: 'refuse',
  N: 'refuse',
  R: 'reconnect',
}

const covers = (codes: Row[0], code: number): boolean =>
  typeof codes === 'number' ? codes === code : code >= codes[0] && code <= codes[1]

/**
 * `transient` is Meta's own word that a repeat may help: it overrides the class, and unless the code says that nothing
 * was sent, the message may have gone out. An unknown code is not repeated.
 */
export function classify(code: number | undefined, transient = false): Failure {
  const row = code === undefined ? undefined : table.find(([codes]) => covers(codes, code))
  const kind = row?.[1]
  if (transient && kind !== 'S' && kind !== 'R') {
    const remedy = 'Meta calls this temporary. Wait for a status of this message before sending it again.'
    return {
      action: 'retry_later',
      class: 'T',
      mayHaveSent: true,
      remedy: kind === 'T' && row ? row[2] : remedy,
    }
  }
  if (!row || !kind)
    return {
      action: 'refuse',
      class: 'N',
      mayHaveSent: false,
      remedy: 'Read message and details; do not repeat automatically.',
    }
  return {
    action: actions[kind],
    class: kind === 'R' ? 'F' : kind,
    mayHaveSent: kind === 'T',
    remedy: row[2],
  }
}
