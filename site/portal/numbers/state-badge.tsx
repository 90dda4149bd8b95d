// How a number stands in one word: its connection, and where that is whole the worst that its doctor found. Called by
// list.tsx and number.tsx.

import { Badge, type Tone, useChanges, useResource } from '../ui/index.ts'
import { doctor, number as words } from '../words/connect.ts'
import { type Checkup, loadCheckups, type OwnNumber } from './connect-api.ts'

type Shown = Pick<OwnNumber, 'id' | 'connection'>

const connectionTones: Record<OwnNumber['connection'], Tone> = {
  connected: 'good',
  reconnect: 'warn',
  banned: 'bad',
  disconnected: 'neutral',
}
export const checkupTones: Record<Checkup['state'], Tone> = {
  ok: 'good',
  warning: 'warn',
  broken: 'bad',
  unknown: 'neutral',
}
export const worstFirst: Checkup['state'][] = ['broken', 'warning', 'unknown', 'ok']

export const ConnectionBadge = ({ number: { connection } }: { number: Shown }) => (
  <Badge tone={connectionTones[connection]}>{words.connection[connection]}</Badge>
)

export function StateBadge({ number }: { number: Shown }) {
  const found = useResource(() => loadCheckups(number.id), [number.id])
  useChanges(['number'], () => void found.reload())
  const states = found.data?.data.map(({ state }) => state) ?? []
  const worst = worstFirst.find((state) => states.includes(state))
  if (number.connection !== 'connected' || !worst) return <ConnectionBadge number={number} />
  return <Badge tone={checkupTones[worst]}>{doctor.state[worst]}</Badge>
}
