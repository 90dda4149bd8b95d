// The card with Meta's window: an attempt and the script are there before the button can be pressed.

import { useEffect, useState } from 'preact/hooks'
import type { Problem } from '../client.ts'
import { Button, Checkbox, Failed, Skeleton, sentenceOf } from '../ui/index.ts'
import { connect } from '../words/connect.ts'
import { beginSignup, type Connected, completeSignup } from './connect-api.ts'
import { type Attempt, type Ending, loadSdk, openWindow } from './window.ts'

const words = connect.window

type Ready =
  | { state: 'loading' | 'blocked' | 'not_offered' }
  | { state: 'failed'; problem: Problem }
  | { state: 'ready'; attempt: Attempt }

/** So long before an attempt ends another is begun: nobody meets one that ends while Meta's window is open. */
const renewMs = 60_000

function useAttempt(): { ready: Ready; renew: () => Promise<void> } {
  const [ready, setReady] = useState<Ready>({ state: 'loading' })
  const renew = async () => {
    const begun = await beginSignup()
    if (!begun.ok) {
      const { problem } = begun
      return setReady(
        problem.code === 'not_offered' ? { state: 'not_offered' } : { state: 'failed', problem },
      )
    }
    setReady((await loadSdk(begun.data)) ? { state: 'ready', attempt: begun.data } : { state: 'blocked' })
  }
  useEffect(() => void renew(), [])
  return { ready, renew }
}

function sayEnding(ending: Exclude<Ending, { kind: 'code' }>): string {
  const { ended, steps, someStep } = connect
  if (ending.kind === 'cancelled') return ended.cancelled(steps[ending.step ?? ''] ?? someStep)
  if (ending.kind === 'failed') return ending.id === undefined ? ended.failed : ended.failedWith(ending.id)
  return ended.closed
}

export function MetaWindow({ onConnected }: { onConnected: (connected: Connected) => void }) {
  const { ready, renew } = useAttempt()
  const [shared, setShared] = useState(false)
  const [phase, setPhase] = useState<'rest' | 'open' | 'working'>('rest')
  const [said, setSaid] = useState<string>()
  const attempt = ready.state === 'ready' ? ready.attempt : undefined
  useEffect(() => {
    if (!attempt || phase !== 'rest') return
    const timer = setTimeout(() => void renew(), Date.parse(attempt.expiresAt) - Date.now() - renewMs)
    return () => clearTimeout(timer)
  }, [attempt, phase])

  const over = async (held: Attempt, ending: Ending) => {
    if (ending.kind !== 'code') {
      setPhase('rest')
      return setSaid(sayEnding(ending))
    }
    setPhase('working')
    const { kind: _, ...given } = ending
    const done = await completeSignup({ state: held.state, ...given })
    if (done.ok) return onConnected(done.data)
    setSaid(sentenceOf(done.problem))
    // The state was used, however it went.
    await renew()
    setPhase('rest')
  }
  const open = () => {
    if (!attempt) return
    setSaid(undefined)
    setPhase('open')
    // Nothing is awaited before: the browser opens a window only in the very press.
    void openWindow(attempt, shared).then((ending) => over(attempt, ending))
  }

  if (ready.state === 'failed') return <Failed problem={ready.problem} onRetry={() => void renew()} />
  if (ready.state === 'not_offered') return <NotOffered />
  return (
    <section class="card">
      <h2>{words.title}</h2>
      <p>{words.text}</p>
      {ready.state === 'blocked' ? (
        <div class="notice care" role="alert">
          <p>{words.blocked}</p>
          <div class="actions">
            <Button onClick={() => void renew()}>{words.reload}</Button>
          </div>
        </div>
      ) : (
        <>
          <Checkbox
            label={words.shared}
            hint={words.sharedHint}
            checked={shared}
            disabled={phase !== 'rest'}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
          <div class="actions">
            <Button kind="main" busy={ready.state === 'loading' || phase !== 'rest'} onClick={open}>
              {words.open}
            </Button>
          </div>
        </>
      )}
      <p role="status">
        {phase === 'open' && words.opened}
        {phase === 'working' && words.working}
      </p>
      {phase === 'working' && <Skeleton rows={2} />}
      {said && (
        <p class="notice care" role="alert">
          {said}
        </p>
      )}
      <p class="soft small">{words.script}</p>
    </section>
  )
}

const NotOffered = () => (
  <section class="notice">
    <h2>{connect.notOffered.title}</h2>
    <p>{connect.notOffered.text}</p>
  </section>
)
