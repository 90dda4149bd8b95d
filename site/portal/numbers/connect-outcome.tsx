// How connecting went, step by step, and where to go from here. Called by connect.tsx.

import { Badge, LinkButton, type Tone } from '../ui/index.ts'
import { connect } from '../words/connect.ts'
import { type Connected, numberPage, type Step } from './connect-api.ts'

const words = connect.done
const tones: Record<Step['state'], Tone> = { done: 'good', failed: 'warn', skipped: 'neutral' }

export function Outcome({ connected: { data, steps } }: { connected: Connected }) {
  const left = data.length === 0 || steps.some(({ state }) => state === 'failed')
  const nameOf = (id: string | null) => data.find((number) => number.id === id)?.displayPhoneNumber
  return (
    <section class="card" id="outcome" tabIndex={-1} aria-labelledby="outcome-title">
      <h2 id="outcome-title">{words.title}</h2>
      <p role="status">{left ? words.some : words.all}</p>
      <ul class="list-rows">
        {steps.map((step, at) => (
          <li key={at}>
            <Badge tone={tones[step.state]}>{words.state[step.state]}</Badge>
            <div>
              {nameOf(step.numberId) && <p class="soft small">{nameOf(step.numberId)}</p>}
              <p>{step.sentence}</p>
            </div>
            {step.step === 'registration' && step.state === 'failed' && step.numberId && (
              <LinkButton href={numberPage(step.numberId)}>{words.typePin}</LinkButton>
            )}
          </li>
        ))}
      </ul>
      <div class="actions">
        <LinkButton href="/portal/inbox" kind={left ? 'plain' : 'main'}>
          {words.inbox}
        </LinkButton>
        {data.map(({ id, displayPhoneNumber }) => (
          <LinkButton key={id} href={numberPage(id)} kind={left ? 'main' : 'plain'}>
            {data.length > 1 ? (displayPhoneNumber ?? words.number) : words.number}
          </LinkButton>
        ))}
        {data.length === 0 && <LinkButton href="/portal/numbers/connect">{connect.accounts.look}</LinkButton>}
      </div>
    </section>
  )
}
