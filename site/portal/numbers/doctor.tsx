// What the doctor found at a number, worst first, with what to press. Called by number.tsx.

import { useState } from 'preact/hooks'
import type { Problem } from '../client.ts'
import {
  Badge,
  Button,
  can,
  Dialog,
  Empty,
  Failed,
  Field,
  Input,
  LinkButton,
  Skeleton,
  sentenceOf,
  Time,
  toast,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { doctor as words } from '../words/connect.ts'
import { common } from '../words/shell.ts'
import { type Checkup, connectPage, loadCheckups, repair, runCheckups } from './connect-api.ts'
import { checkupTones, worstFirst } from './state-badge.tsx'

type Repair = NonNullable<Checkup['repair']>

const justNow = (at: string | number): boolean => Date.now() - new Date(at).getTime() < 60_000

/** What Meta says stands in the way is all there is to say about it. */
const refusalOf = (problem: Problem): string =>
  (problem.code === 'repair_refused' && problem.detail) || sentenceOf(problem)

export function Doctor({ numberId }: { numberId: string }) {
  const found = useResource(() => loadCheckups(numberId), [numberId])
  const [busy, setBusy] = useState<string>()
  const [asking, setAsking] = useState<Repair>()
  useChanges(['number'], () => void found.reload())
  const look = async () => {
    setBusy('look')
    const looked = await runCheckups(numberId)
    setBusy(undefined)
    if (!looked.ok) return toast({ text: sentenceOf(looked.problem), tone: 'bad' })
    found.set(() => looked.data)
    toast({ text: words.looked })
  }
  const mend = async (check: Repair, pin?: string) => {
    setBusy(check)
    const mended = await repair(numberId, check, pin)
    setBusy(undefined)
    if (mended.ok) {
      setAsking(undefined)
      toast({ text: mended.data.sentence })
      found.set(() => ({ data: mended.data.data }))
      return undefined
    }
    void found.reload()
    return refusalOf(mended.problem)
  }
  const mendNow = async (check: Repair) => {
    const refusal = await mend(check)
    if (refusal) toast({ text: refusal, tone: 'bad' })
  }
  const press = (check: Repair) =>
    check === 'registration' || check === 'pin' ? setAsking(check) : void mendNow(check)
  return (
    <section class="stack" aria-labelledby="doctor">
      <div class="section-head">
        <h2 id="doctor">{words.title}</h2>
        {can('numbers:write') && (
          <Button busy={busy === 'look'} onClick={() => void look()}>
            {words.look}
          </Button>
        )}
      </div>
      <p class="soft">{words.lead}</p>
      {found.state === 'loading' && <Skeleton rows={5} />}
      {found.problem && found.state === 'failed' && (
        <Failed problem={found.problem} onRetry={() => void found.reload()} />
      )}
      {found.data && <Findings found={found.data.data} busy={busy} onPress={press} />}
      {asking && (
        <AskPin
          check={asking}
          onClose={() => setAsking(undefined)}
          busy={busy === asking}
          onGiven={(pin) => mend(asking, pin)}
        />
      )}
    </section>
  )
}

type FindingsProps = { found: Checkup[]; busy: string | undefined; onPress: (check: Repair) => void }

function Findings({ found, busy, onPress }: FindingsProps) {
  if (found.length === 0) return <Empty title={words.never} text={words.neverText} />
  const sorted = found.toSorted((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state))
  const ill = found.filter(({ state }) => state === 'broken' || state === 'warning').length
  return (
    <>
      <p role="status">{ill === 0 ? words.well : words.ill(ill)}</p>
      <ul class="list-rows findings">
        {sorted.map((one) => (
          <li key={one.check}>
            <Badge tone={checkupTones[one.state]}>{words.state[one.state]}</Badge>
            <div>
              <h3>{words.checks[one.check]}</h3>
              <p>{one.sentence}</p>
              {one.state !== 'ok' && (
                <p class="soft small">
                  {justNow(one.sinceAt) ? words.justNow : `${words.since} `}
                  {!justNow(one.sinceAt) && <Time at={one.sinceAt} relative />}
                </p>
              )}
            </div>
            {can('numbers:write') && <Press one={one} busy={busy} onPress={onPress} />}
          </li>
        ))}
      </ul>
    </>
  )
}

function Press({
  one: { press, repair: how },
  busy,
  onPress,
}: { one: Checkup } & Omit<FindingsProps, 'found'>) {
  if (press === null || how === null) return null
  if (how === 'reconnect') return <LinkButton href={connectPage}>{press}</LinkButton>
  return (
    <Button busy={busy === how} onClick={() => onPress(how)}>
      {press}
    </Button>
  )
}

type AskPinProps = {
  check: Repair
  busy: boolean
  onClose: () => void
  /** Why it was refused, when it was. */
  onGiven: (pin: string | undefined) => Promise<string | undefined>
}

/** Stays open until Meta takes the PIN, or whoever was asked closes it. */
function AskPin({ check, busy, onClose, onGiven }: AskPinProps) {
  const [pin, setPin] = useState('')
  const [error, setError] = useState<string>()
  const right = pin === '' || /^\d{6}$/.test(pin)
  const give = async () => setError(right ? await onGiven(pin === '' ? undefined : pin) : words.pin.wrong)
  return (
    <Dialog
      title={words.pin.title}
      open
      onClose={onClose}
      onSubmit={() => void give()}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={busy}>
            {words.pin.press[check === 'registration' ? 'registration' : 'pin']}
          </Button>
        </>
      }
    >
      <p>{check === 'registration' ? words.pin.register : words.pin.set}</p>
      <Field label={words.pin.label} error={error}>
        <Input
          value={pin}
          inputMode="numeric"
          autocomplete="off"
          maxLength={6}
          onInput={(event) => setPin(event.currentTarget.value)}
        />
      </Field>
    </Dialog>
  )
}
