// Mails about what changes with us: the policy, the terms, and who processes data for us. Pure. Called by the notices walk,
// through templates.ts.

import { day } from './phrases.ts'
import { type MailText, renderMail } from './render.ts'

const names = { privacy: 'privacy policy', terms: 'terms of service', dpa: 'data processing agreement' }

export const noticeMails = {
  /**
   * To every member, before a material change takes effect. `effectiveAt`: not before. `changes`: one sentence each.
   * `differenceUrl`: the comparison with the version before.
   */
  policyChanged: ({
    document = 'privacy',
    version,
    effectiveAt,
    changes,
    policyUrl,
    differenceUrl,
  }: {
    document?: 'privacy' | 'terms' | 'dpa'
    version: number | string
    effectiveAt: number
    changes: string[]
    policyUrl: string
    differenceUrl: string | null
  }): MailText =>
    renderMail({
      subject: `Our ${names[document]} will change`,
      privacy: true,
      blocks: [
        `Version ${version} of the ${names[document]} of Softivum Connect takes effect on ${day(effectiveAt)} at the earliest, and not before every member has been told for thirty days. Until then the present version stands.`,
        ...changesIn(changes),
        { label: 'The new version', url: policyUrl },
        differenceUrl === null ? undefined : { label: 'What is different, word by word', url: differenceUrl },
        'You can object: answer this mail. If you do not agree, you can leave before that day: take your data with you, and have your account or the whole workspace deleted.',
      ],
    }),

  /** To every member, and to whoever subscribed: for them `endUrl` ends the subscription; it is the reader's secret. */
  subprocessorsChanged: ({
    changes,
    effectiveAt,
    listUrl,
    differenceUrl = null,
    endUrl,
  }: {
    changes: string[]
    effectiveAt: number
    listUrl: string
    differenceUrl?: string | null
    endUrl?: string
  }): MailText =>
    renderMail({
      subject: 'Our list of subprocessors will change',
      privacy: true,
      blocks: [
        `Who processes data for Softivum Connect changes on ${day(effectiveAt)} at the earliest.`,
        ...changesIn(changes),
        { label: 'The new list', url: listUrl },
        differenceUrl === null ? undefined : { label: 'What is different, word by word', url: differenceUrl },
        'You can object to the change before that day: answer this mail. A business that does not agree can leave, take its data with it and have its workspace deleted.',
        endUrl === undefined ? undefined : 'You receive this mail because you asked to be told.',
        endUrl === undefined ? undefined : { label: 'End this subscription', url: endUrl },
      ],
    }),
}

const changesIn = (changes: string[]) => (changes.length === 0 ? [] : ['What changes:', { list: changes }])
