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

const Parts = ({ data: { basis, window, attempts, statuses, retention } }: { data: Explanation }) => (
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
    {attempts.length > 0 && (
      <Part title={words.explain.attempts}>
        <ol>
          {attempts.map(({ at, sentence }) => (
            <li key={at + sentence}>
              <time dateTime={at}>{fullTime(at)}</time> {sentence}
            </li>
          ))}
        </ol>
      </Part>
    )}
    {statuses.length > 0 && (
      <Part title={words.explain.statuses}>
        <ol>
          {statuses.map(({ status, at }) => (
            <li key={status}>{words.statusAt(status, fullTime(at))}</li>
          ))}
        </ol>
      </Part>
    )}
    <Part title={words.explain.retention}>
      <p>{retention.sentence}</p>
      {retention.until && <p>{words.explain.until(fullTime(retention.until))}</p>}
    </Part>
  </div>
)
