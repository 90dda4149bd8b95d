// What a screen shows when it has nothing to show: empty, loading, failed, offline, not allowed.

import type { ComponentChildren } from 'preact'
import type { Problem } from '../client.ts'
import { common, states } from '../words/shell.ts'
import { Button, LinkButton } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

type EmptyProps = { title: string; text?: ComponentChildren; action?: ComponentChildren; icon?: IconName }

export const Empty = ({ title, text, action, icon }: EmptyProps) => (
  <section class="empty">
    {icon && <Icon name={icon} size={32} />}
    <h2>{title}</h2>
    {text && <p>{text}</p>}
    {action && <div class="actions">{action}</div>}
  </section>
)

/** What went wrong, in a sentence for a person. */
export function sentenceOf(problem: Problem): string {
  if (problem.code === 'offline') return states.offlineShort
  if (problem.code === 'unexpected') return states.failedText
  if (problem.code === 'forbidden') return states.forbidden
  const [fault] = problem.code === 'bad_request' ? (problem.errors ?? []) : []
  if (fault) return ended(fault.message)
  return [ended(problem.detail ?? problem.title), remedyOf(problem)].filter(Boolean).join(' ')
}

/** What to do about it: the API speaks to software, so only what is written for people as well, or in words of our own. */
export const remedyOf = ({ code, remedy }: Problem): string | undefined =>
  forPeople.has(code) ? remedy : states.remedies[code]

const forPeople: ReadonlySet<Problem['code']> = new Set<Problem['code']>([
  'code_refused',
  'connect_refused',
  'frozen',
  'meta_unreachable',
  'not_offered',
  'number_taken',
  'past_return',
  'send_refused',
  'signup_closed',
  'sole_owner',
  'step_up_needed',
])

const ended = (sentence: string): string => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`)

/** A problem of loading, with another try. What the role does not open is said as that. */
export function Failed({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  if (problem.code === 'offline') return <Offline onRetry={onRetry} />
  if (problem.code === 'not_found' || problem.code === 'forbidden') return <NoAccess />
  return (
    <section class="empty" role="alert">
      <Icon name="warn" size={32} />
      <h2>{states.failedTitle}</h2>
      <p>{sentenceOf(problem)}</p>
      {problem.instance && <p class="small">{states.instance(problem.instance)}</p>}
      {onRetry && (
        <div class="actions">
          <Button onClick={onRetry}>{common.retry}</Button>
        </div>
      )}
    </section>
  )
}

export const Offline = ({ onRetry }: { onRetry?: (() => void) | undefined }) => (
  <section class="empty" role="status">
    <Icon name="warn" size={32} />
    <h2>{states.offlineTitle}</h2>
    <p>{states.offlineText}</p>
    {onRetry && (
      <div class="actions">
        <Button onClick={onRetry}>{common.retry}</Button>
      </div>
    )}
  </section>
)

export const NoAccess = () => (
  <section class="empty">
    <Icon name="privacy" size={32} />
    <h2>{states.noAccessTitle}</h2>
    <p>{states.noAccessText}</p>
    <div class="actions">
      <LinkButton href="/portal">{states.noAccessLink}</LinkButton>
    </div>
  </section>
)

/** Grey lines where rows will be; appears only when it takes a while. */
export const Skeleton = ({ rows = 4 }: { rows?: number }) => (
  <div class="skeleton" role="status">
    <span class="unseen">{common.loading}</span>
    {Array.from({ length: rows }, (_, at) => (
      <span key={at} aria-hidden="true" />
    ))}
  </div>
)
