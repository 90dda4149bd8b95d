// Mails about a person's request regarding their own data: to the person, to the owners of the business that has to answer,
// to the operator. Pure. Called by the rights walk, through templates.ts.

import { day, named, statusAt, when } from './phrases.ts'
import { type Block, type MailText, renderMail } from './render.ts'

export type AskedFor = 'access' | 'export' | 'delete' | 'correct' | 'object' | 'restrict'

/** After "asked us to", about the asking person's data. */
const asks: Record<AskedFor, string> = {
  access: 'show what is held about them',
  export: 'hand over a copy of their data',
  delete: 'delete their data',
  correct: 'correct their data',
  object: 'stop using their data in a way that they object to',
  restrict: 'hold their data without using it',
}

const names: Record<AskedFor, string> = {
  access: 'access to your data',
  export: 'a copy of your data',
  delete: 'deletion of your data',
  correct: 'correction of your data',
  object: 'an objection to the use of your data',
  restrict: 'restriction of the use of your data',
}

/** Whose data: held for a workspace that the person is a member of, or from the contact form and the subscriptions. */
type About = { about: 'member' | 'visitor'; workspace: string | null }

const held = ({ about, workspace }: About): string =>
  about === 'visitor'
    ? 'It is about what you wrote to us and what you subscribed to.'
    : `It is about you as a member of the workspace ${named(workspace ?? '') || 'that you belong to'}.`

type Waiting = {
  workspace: string
  type: AskedFor
  requestId: string
  dueAt: number
  letThroughAt: number | null
  docsUrl: string
}

const howToDecide = ({ requestId, dueAt, letThroughAt, docsUrl }: Waiting): Block[] => [
  `The law gives until ${day(dueAt)} to answer.`,
  ...(letThroughAt === null
    ? []
    : [`If nobody decides before ${when(letThroughAt)}, the request is granted by itself.`]),
  { label: 'The request, as the API knows it', code: requestId },
  { label: 'How to grant or refuse it', url: docsUrl },
]

export const rightsMails = {
  /** To the person. */
  requestReceived: ({
    type,
    about,
    workspace,
    statusUrl,
    dueAt,
  }: About & { type: AskedFor; statusUrl: string; dueAt: number }): MailText =>
    renderMail({
      subject: 'We received your request',
      privacy: true,
      blocks: [
        `You asked for ${names[type]}. ${held({ about, workspace })}`,
        `You hear from us by ${day(dueAt)} at the latest, mostly much sooner.`,
        statusAt(statusUrl),
        'Whoever has this link can follow the request and write about it. If you did not ask for this, write to us.',
      ],
    }),

  /** To each owner of the business: it is the one that decides. */
  requestWaits: (waiting: Waiting): MailText =>
    renderMail({
      subject: `A privacy request to ${named(waiting.workspace)} waits for your decision`,
      privacy: true,
      blocks: [
        `A person whom ${named(waiting.workspace)} has talked to on WhatsApp asked to ${asks[waiting.type]}. They proved that the WhatsApp account is theirs. Your business decides about it.`,
        ...howToDecide(waiting),
      ],
    }),

  requestReminder: (waiting: Waiting): MailText =>
    renderMail({
      subject: `A privacy request to ${named(waiting.workspace)} still waits for your decision`,
      privacy: true,
      blocks: [
        `A person asked ${named(waiting.workspace)} to ${asks[waiting.type]}, and nobody has decided yet.`,
        ...howToDecide(waiting),
      ],
    }),

  /** To each owner: what was granted, and only the business can do. */
  requestToDo: ({ workspace, type, requestId, dueAt, docsUrl }: Omit<Waiting, 'letThroughAt'>): MailText =>
    renderMail({
      subject: `A privacy request to ${named(workspace)} has to be carried out`,
      privacy: true,
      blocks: [
        `A person asked ${named(workspace)} to ${asks[type]}. The request is granted, and only your business can do it. Read what the person wrote, do it, and say that it is done.`,
        `The law gives until ${day(dueAt)}.`,
        { label: 'The request, as the API knows it', code: requestId },
        { label: 'How to read it and say that it is done', url: docsUrl },
      ],
    }),

  /** To each owner: that there is something to read, not what. */
  requestWrittenTo: ({
    workspace,
    type,
    requestId,
    docsUrl,
  }: Omit<Waiting, 'letThroughAt' | 'dueAt'>): MailText =>
    renderMail({
      subject: `A message about a privacy request to ${named(workspace)}`,
      privacy: true,
      blocks: [
        `The person who asked ${named(workspace)} to ${asks[type]} wrote to you about it.`,
        { label: 'The request, as the API knows it', code: requestId },
        { label: 'How to read and answer it', url: docsUrl },
      ],
    }),

  /** To the person. */
  requestDone: ({ type, statusUrl }: { type: AskedFor; statusUrl: string }): MailText =>
    renderMail({
      subject: 'Your request is done',
      privacy: true,
      blocks: [`You asked for ${names[type]}. It is done.`, statusAt(statusUrl)],
    }),

  requestWithdrawn: ({ type, statusUrl }: { type: AskedFor; statusUrl: string }): MailText =>
    renderMail({
      subject: 'Your request was taken back',
      privacy: true,
      blocks: [
        `You asked for ${names[type]}. The request was taken back on its page. If that was not you, ask again.`,
        statusAt(statusUrl),
      ],
    }),

  /** To the person. `says`: the reason in words; `complainTo`: the authorities that are there for them. */
  requestDecided: ({
    type,
    statusUrl,
    refusal,
  }: {
    type: AskedFor
    statusUrl: string
    refusal: { says: string; complainTo: { name: string; url: string }[] } | null
  }): MailText =>
    renderMail({
      subject: refusal === null ? 'Your request was granted' : 'Your request was refused',
      privacy: true,
      blocks: [
        refusal === null
          ? `You asked for ${names[type]}. The request was granted.`
          : `You asked for ${names[type]}. The request was refused, for this reason:`,
        refusal === null ? undefined : refusal.says,
        refusal === null
          ? undefined
          : 'If you think that this is wrong, you can write back, and you can complain to an authority.',
        ...(refusal?.complainTo ?? []).map(({ name, url }) => ({ label: name, url })),
        statusAt(statusUrl),
      ],
    }),

  /** To the person, or to the operator when the person wrote. */
  requestMessage: ({
    by,
    text,
    statusUrl,
  }: {
    by: 'person' | 'business' | 'us'
    text: string
    statusUrl: string
  }): MailText =>
    renderMail({
      subject: by === 'person' ? 'A message about a privacy request' : 'A message about your request',
      privacy: true,
      blocks: [
        { person: 'The person wrote:', business: 'The business wrote:', us: 'We wrote:' }[by],
        { quote: text },
        { label: 'Read on and answer here', url: statusUrl },
      ],
    }),

  /** To the person. */
  packageReady: ({ statusUrl, expiresAt }: { statusUrl: string; expiresAt: number }): MailText =>
    renderMail({
      subject: 'Your data is ready to download',
      privacy: true,
      blocks: [
        `The copy of your data that you asked for was prepared. It can be downloaded until ${when(expiresAt)}.`,
        { label: 'Download it here', url: statusUrl },
      ],
    }),

  /** To the operator: what a member or a visitor asked for, and a person of ours has to do by hand. */
  requestToOperator: ({
    type,
    about,
    requestId,
    dueAt,
    statusUrl,
    text,
  }: {
    type: AskedFor
    about: 'member' | 'visitor'
    requestId: string
    dueAt: number
    statusUrl: string
    text?: string
  }): MailText =>
    renderMail({
      subject: `A privacy request of a ${about} waits for you`,
      privacy: true,
      blocks: [
        `A ${about} asked us to ${asks[type]}. The answer is due on ${day(dueAt)}.`,
        { label: 'The request', code: requestId },
        text === undefined ? undefined : 'They wrote:',
        text === undefined ? undefined : { quote: text },
        statusAt(statusUrl),
      ],
    }),
}
