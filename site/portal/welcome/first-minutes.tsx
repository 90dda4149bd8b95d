// The steps from an empty workspace to a first conversation, as the workspace is now. Called by main.tsx.

import type { ComponentChildren } from 'preact'
import { api, call, type DataOf, type Result } from '../client.ts'
import {
  can,
  Failed,
  Icon,
  LinkButton,
  Page,
  Progress,
  Skeleton,
  useChanges,
  useResource,
  useSession,
} from '../ui/index.ts'
import { welcome as words } from '../words/shell.ts'

type State = {
  number: DataOf<typeof api.numbers.$get>['data'][number] | undefined
  heard: boolean
  answered: boolean
  invited: boolean
}

const empty = { ok: true as const, data: { data: [], next: null } }

async function answeredIn(id: string): Promise<boolean> {
  const read = await call(api.conversations[':id'].messages.$get({ param: { id }, query: { limit: '50' } }))
  return read.ok && read.data.data.some(({ direction }) => direction === 'out')
}

/** What the role does not open counts as not done. */
async function look(): Promise<Result<State>> {
  const people = can('members')
  const [numbers, conversations, members, invitations] = await Promise.all([
    call(api.numbers.$get({ query: {} })),
    can('conversations:read') ? call(api.conversations.$get({ query: { limit: '20' } })) : empty,
    people ? call(api.members.$get({ query: { limit: '2' } })) : empty,
    people ? call(api.invitations.$get({ query: { limit: '1' } })) : empty,
  ])
  if (!numbers.ok) return numbers
  if (!conversations.ok) return conversations
  const talks: { id: string; last: { direction: 'in' | 'out' } | null }[] = conversations.data.data
  const [first] = talks
  const answered =
    talks.some(({ last }) => last?.direction === 'out') ||
    (first !== undefined && (await answeredIn(first.id)))
  const invited =
    (members.ok && members.data.data.length > 1) || (invitations.ok && invitations.data.data.length > 0)
  return { ok: true, data: { number: numbers.data.data[0], heard: talks.length > 0, answered, invited } }
}

type Step = { id: string; title: string; done: string | false; text?: string; action?: ComponentChildren }

function stepsOf(name: string, { number, heard, answered, invited }: State): Step[] {
  const { named, number: connect, hear, answer, invite } = words.steps
  const called = number?.verifiedName ?? number?.displayPhoneNumber ?? ''
  const button = (href: string, text: string) => (
    <LinkButton kind="main" href={href}>
      {text}
    </LinkButton>
  )
  return [
    { id: 'named', title: named.title, done: named.done(name) },
    {
      id: 'number',
      title: connect.title,
      done: number ? connect.done(called) : false,
      text: can('numbers:write') ? connect.text : connect.waits,
      action: can('numbers:write') && button('/portal/numbers/connect', connect.press),
    },
    {
      id: 'hear',
      title: hear.title,
      done: heard && hear.done,
      text: hear.text(number?.displayPhoneNumber ?? words.yourNumber),
    },
    {
      id: 'answer',
      title: answer.title,
      done: answered && answer.done,
      text: answer.text,
      action: can('messages:send') && button('/portal/inbox', answer.press),
    },
    ...(can('members')
      ? [
          {
            id: 'invite',
            title: invite.title,
            done: invited && invite.done,
            text: invite.text,
            action: button('/portal/people?invite', invite.press),
          },
        ]
      : []),
  ]
}

export function FirstMinutes() {
  const { workspace } = useSession()
  const { state, data, problem, reload } = useResource(look, [])
  useChanges(['message', 'conversation', 'number', 'members', 'workspace'], () => void reload())
  const steps = data ? stepsOf(workspace?.name ?? '', data) : []
  const done = steps.filter((step) => step.done).length
  const finished = steps.length > 0 && done === steps.length
  return (
    <Page
      title={finished ? words.finished : words.title}
      lead={finished ? words.finishedText : words.lead}
      actions={<LinkButton href="/portal/inbox">{finished ? words.toInbox : words.later}</LinkButton>}
      narrow
    >
      {state === 'loading' && <Skeleton rows={5} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <>
          <Progress value={done} max={steps.length} label={words.progress(done, steps.length)} />
          <Steps steps={steps} />
        </>
      )}
    </Page>
  )
}

function Steps({ steps }: { steps: Step[] }) {
  const now = steps.find(({ done }) => !done)
  return (
    <ol class="steps" aria-live="polite">
      {steps.map((step, at) => (
        <li
          key={step.id}
          class={step.done ? 'done' : step === now ? 'now' : undefined}
          aria-current={step === now ? 'step' : undefined}
        >
          <span class="mark" aria-hidden="true">
            {step.done ? <Icon name="check" size={16} /> : at + 1}
          </span>
          <h2>
            {step.title}
            {step.done && <span class="unseen">{`: ${words.done}`}</span>}
          </h2>
          {step.done ? <p class="soft">{step.done}</p> : step === now && <p class="soft">{step.text}</p>}
          {step === now && step.action && <div class="actions">{step.action}</div>}
        </li>
      ))}
    </ol>
  )
}
