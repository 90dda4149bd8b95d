// Every word of the frame, the shared components, signing in and the first minutes. English; other languages would stand
// beside it in the same shape.

import { number } from '../format.ts'

export const service = 'Softivum Connect'

export const frame = {
  navigation: 'Portal',
  skip: 'Skip to the content',
  inbox: 'Inbox',
  contacts: 'Contacts',
  templates: 'Templates',
  numbers: 'Numbers',
  people: 'People',
  privacy: 'Privacy',
  more: 'More',
  workspace: (name: string) => `Workspace: ${name}. Change it`,
  newWorkspace: 'New workspace',
  settings: 'Workspace settings',
  session: 'Your account',
  account: 'Sign-in and sessions',
  keys: 'API keys',
  signOut: 'Sign out',
  keyboard: 'Keyboard shortcuts',
  unnamed: 'You',
  needsScript: 'The portal needs script',
  needsScriptText:
    'It is an application that shows messages as they arrive, and its script comes from this address alone. Everything that you can ask of us without an account works without script.',
  withoutScript: 'Delete my data, without an account',
}

export const line = {
  connecting: 'Connecting …',
  live: 'Live',
  waiting: 'The line is down. Trying again …',
  offline: 'You are offline',
}

export const keyboard = {
  title: 'Keyboard shortcuts',
  help: 'Show this help',
  anywhere: 'Anywhere',
  thenKey: 'then',
  go: (place: string) => `Go to ${place}`,
}

export const common = {
  uploading: 'Uploading…',
  close: 'Close',
  cancel: 'Cancel',
  retry: 'Try again',
  undo: 'Undo',
  loading: 'Loading …',
  save: 'Save',
  copy: 'Copy',
  copied: 'Copied',
  dismiss: 'Dismiss',
  loadMore: 'Show more',
  actions: 'Actions',
  busy: 'One moment …',
  selectAll: 'Select all',
  table: { label: 'Value', value: 'Amount' },
}

export const states = {
  failedTitle: 'This could not be loaded',
  failedText: 'Nothing was changed. Try it again; if it stays, tell us.',
  instance: (id: string) => `Tell us this number: ${id}`,
  forbidden: 'Your role does not open this. An owner or admin of the workspace can change that.',
  /** In place of what the API tells software to do. */
  remedies: {
    too_many_requests: 'Wait a minute, then try again.',
    restoring: 'Try again in a little while.',
    unavailable: 'Try again in a little while.',
    internal: 'Try again; if it stays, tell us.',
    owner_needed: 'Ask an owner of the workspace.',
  } as Record<string, string>,
  offlineTitle: 'You are offline',
  offlineText: 'This page goes on as soon as there is a connection again.',
  offlineShort: 'There is no connection. Nothing was sent.',
  noAccessTitle: 'Your role does not open this page',
  noAccessText: 'An owner or admin of the workspace can change what you may do.',
  noAccessLink: 'To the start',
}

export const typed = {
  label: (word: string) => `Type “${word}” to go on`,
  wrong: (word: string) => `This is not “${word}” yet.`,
}

export const stepUp = {
  title: 'Is it you?',
  text: 'What you are about to do is dangerous or cannot be undone. Confirm once more who you are; it lasts for ten minutes.',
  passkey: 'Confirm with a passkey',
  passkeyFailed: 'The passkey was not confirmed. Try again, or use a code.',
  mail: 'Send me a code by mail',
  sent: 'A code is on its way to your address.',
  code: 'Code from your mail',
  confirm: 'Confirm',
  again: 'Send another code',
  sentAgain: 'Another code is on its way. Only the newest works.',
  refused: 'This code is not accepted. Look at the newest mail, or ask for another.',
}

export const signIn = {
  title: 'Sign in',
  lead: 'There are no passwords here. We send a code to your address, or your device answers with a passkey.',
  ended: 'Your session has ended. Please sign in again.',
  left: 'You are signed out.',
  email: 'Your e-mail address',
  emailWrong: 'This does not look like an e-mail address.',
  send: 'Send me a code',
  passkey: 'Sign in with a passkey',
  passkeyFailed: 'No passkey was confirmed. Try again, or let us send a code.',
  or: 'or',
  codeTitle: 'Look into your mail',
  sent: (email: string) =>
    `If ${email} can sign in here, a code is on its way. It works for ten minutes; look among the unwanted mails too.`,
  code: 'The six digits',
  codeWrong: 'Six digits are needed.',
  refused:
    'This code is not accepted. It may be old, used or mistyped: look at the newest mail, or ask for another.',
  tooMany: 'That was often. Please wait a minute, then try again.',
  enter: 'Sign in',
  again: 'Send another code',
  sentAgain: 'Another code is on its way. Only the newest works.',
  other: 'Use another address',
  fresh:
    'New here? The same form: whoever confirms an address for the first time can make a workspace of their own.',
  privacy: 'What we keep of it',
}

export const ownName = {
  label: 'Your name, for colleagues',
  hint: 'You may leave it empty. Customers do not see it.',
}

export const join = {
  title: 'Join a workspace',
  invited: (workspace: string, role: string) => `You are invited to ${workspace} as ${role}.`,
  to: (email: string) =>
    `The invitation was sent to ${email}. Confirm with a code that the address is yours.`,
  send: 'Send me the code',
  sent: (email: string) => `A code is on its way to ${email}. It works for ten minutes.`,
  enter: 'Join',
  goneTitle: 'This invitation does not work',
  goneText: 'It may have been used, called back, or be too old. Ask whoever invited you for another.',
}

export const welcome = {
  newTitle: 'Name your workspace',
  newLead:
    'A workspace holds your WhatsApp numbers, conversations and colleagues. Call it as your customers call you.',
  name: 'Name of the workspace',
  nameHint: 'It can be changed later.',
  nameWrong: 'A name is needed, of at most 100 characters.',
  create: 'Make the workspace',
  invitedHint: 'Invited by somebody? Open the link in the invitation instead.',
  title: 'The first minutes',
  lead: 'A few steps to your first conversation. Each ticks itself as soon as it is done.',
  progress: (done: number, all: number) => `${number(done)} of ${number(all)} done`,
  done: 'Done',
  now: 'Now',
  finished: 'You are set up',
  finishedText: 'Everything works. The inbox is where your customers are.',
  toInbox: 'Open the inbox',
  later: 'Skip to the inbox',
  yourNumber: 'your number',
  steps: {
    named: { title: 'Name the workspace', done: (name: string) => `It is called ${name}.` },
    number: {
      title: 'Connect a WhatsApp number',
      text: 'Meta’s own window asks which account and number it should be. It takes about three minutes.',
      press: 'Connect a number',
      done: (name: string) => `${name} is connected.`,
      waits: 'Somebody who may connect numbers has to do this: an owner, admin or developer.',
    },
    hear: {
      title: 'Write to it',
      text: (phone: string) =>
        `Take your own phone and write anything to ${phone} on WhatsApp. It appears here by itself.`,
      done: 'Somebody wrote. It works.',
    },
    answer: {
      title: 'Answer',
      text: 'Open the conversation and write back. You see when it is delivered and read.',
      press: 'Open the inbox',
      done: 'You have answered.',
    },
    invite: {
      title: 'Invite a colleague',
      text: 'Agents see conversations and nothing else. You choose who may do what.',
      press: 'Invite somebody',
      done: 'You are not alone.',
    },
  },
}
