// How far a message of ours has come, as people know it from WhatsApp: one tick, two, two in colour. Part of rows and bubbles.

import { fullTime } from '../format.ts'
import * as words from '../words/inbox.ts'
import { Mark, type Name } from './icons.tsx'

const marks: Record<string, Name> = {
  waiting: 'clock',
  unknown: 'clock',
  sending: 'clock',
  accepted: 'tick',
  sent: 'tick',
  delivered: 'ticks',
  read: 'ticks',
  played: 'ticks',
}

type Props = { status: string; statuses?: readonly { status: string; at: string }[] }

/** All times on asking: sent, delivered, read, played. */
export function Ticks({ status, statuses = [] }: Props) {
  const title = statuses.map((one) => words.statusAt(one.status, fullTime(one.at))).join('\n')
  const mark = marks[status]
  return (
    <span class={`ticks ${status}`} title={title || words.statuses[status]}>
      {mark ? <Mark name={mark} size={16} /> : <span aria-hidden="true">!</span>}
      <span class="unseen">{words.statuses[status] ?? status}</span>
    </span>
  )
}
