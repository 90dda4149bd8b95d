// “Explain this message”: on what ground it is here, whether the 24 hours were open, what was tried, what WhatsApp told, and
// until when it stays. Loaded with sheets.tsx.

import type { ComponentChildren } from 'preact'
import { fullTime } from '../format.ts'
import { Dialog, Failed, Skeleton, useResource } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { loadExplanation } from './api.ts'
import type { Explanation, Message } from './types.ts'

export function Explain({ message, onClose }: { message: Message; onClose: () => void }) {
  const { state, data, problem, reload } = useResource(
    () => loadExplanation(message.id),
    [message.id, message.status],
  )
  return (
    <Dialog title={words.explain.title} open onClose={onClose}>
      {state === 'loading' && <Skeleton rows={5} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && <Parts data={data} />}
    </Dialog>
  )
}

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section>
    <h3>{title}</h3>
    {children}
  </section>
)

const Parts = ({ data }: { data: Explanation }) => {
  const { basis, window, attempts, statuses, failure, price, retention, meta } = data
  return (
    <div class="explained">
      <Part title={words.explain.basis}>
        <p>
          <strong>{basis.name}</strong>
        </p>
        <p>{basis.sentence}</p>
      </Part>
      {window && (
        <Part title={words.explain.window}>
          <p>{window.sentence}</p>
        </Part>
      )}
      <Gates data={data} />
      <Happened title={words.explain.attempts} all={attempts} />
      <Happened
        title={words.explain.statuses}
        all={statuses.map(({ status, at }) => ({ at, sentence: words.statuses[status] ?? status }))}
      />
      {failure && (
        <Part title={failure.title}>
          <p>{failure.meaning}</p>
          <p>{failure.remedy}</p>
        </Part>
      )}
      {price && (
        <Part title={words.explain.price}>
          <p>{price.sentence}</p>
        </Part>
      )}
      <Part title={words.explain.retention}>
        <p>{retention.sentence}</p>
        {retention.until && <p>{words.explain.until(fullTime(retention.until))}</p>}
        <p>{meta.sentence}</p>
      </Part>
    </div>
  )
}

/** What was looked at before it left. */
const Gates = ({ data: { gates } }: { data: Explanation }) =>
  gates.length === 0 ? null : (
    <Part title={words.explain.gates}>
      <ul class="gates">
        {gates.map(({ gate, state }) => (
          <li key={gate}>
            {words.explain.gate[gate] ?? gate}{' '}
            <span class="small">{words.explain.gateState[state] ?? state}</span>
          </li>
        ))}
      </ul>
    </Part>
  )

const Happened = ({ title, all }: { title: string; all: { at: string; sentence: string }[] }) =>
  all.length === 0 ? null : (
    <Part title={title}>
      <ol>
        {all.map(({ at, sentence }) => (
          <li key={at + sentence}>
            <time dateTime={at}>{fullTime(at)}</time>: {sentence}
          </li>
        ))}
      </ol>
    </Part>
  )
