// The script of /portal/numbers/number?n=…: one number, how it stands, its doctor, and disconnecting it.

import { mount } from '../mount.tsx'
import {
  Button,
  can,
  confirmTyped,
  Empty,
  Failed,
  LinkButton,
  Page,
  Skeleton,
  sentenceOf,
  Time,
  toast,
  useChanges,
  useResource,
} from '../ui/index.ts'
import { connect, number as words } from '../words/connect.ts'
import { connectPage, disconnect, loadNumber, type OwnNumber } from './connect-api.ts'
import { Doctor } from './doctor.tsx'
import { StateBadge } from './state-badge.tsx'
import { Upkeep } from './upkeep.tsx'

const id = new URLSearchParams(location.search).get('n') ?? ''

function NumberScreen() {
  const number = useResource(() => loadNumber(id), [])
  useChanges(['number'], () => void number.reload())
  const { data } = number
  if (number.problem?.status === 404)
    return (
      <Page title={words.title} narrow>
        <Empty
          title={words.missing}
          text={words.missingText}
          action={<LinkButton href="/portal/numbers">{connect.back}</LinkButton>}
        />
      </Page>
    )
  return (
    <Page
      title={data?.verifiedName || data?.displayPhoneNumber || words.title}
      lead={data && <Lead number={data} />}
      narrow
      actions={
        <LinkButton href="/portal/numbers" kind="quiet" icon="back">
          {connect.back}
        </LinkButton>
      }
    >
      {number.state === 'loading' && <Skeleton rows={6} />}
      {number.state === 'failed' && number.problem && (
        <Failed problem={number.problem} onRetry={() => void number.reload()} />
      )}
      {data && <Standing number={data} />}
      {data && data.connection !== 'disconnected' && <Doctor numberId={data.id} />}
      {data && data.connection !== 'disconnected' && <Upkeep numberId={data.id} />}
      {data && <Facts number={data} />}
      {data && data.connection !== 'disconnected' && can('numbers:write') && (
        <Disconnect number={data} onDone={() => void number.reload()} />
      )}
    </Page>
  )
}

const Lead = ({ number }: { number: OwnNumber }) => (
  <>
    <bdi>{number.displayPhoneNumber}</bdi> <StateBadge number={number} />
  </>
)

function Standing({ number: { connection } }: { number: OwnNumber }) {
  if (connection === 'disconnected') return <p class="notice">{words.gone}</p>
  if (connection !== 'reconnect') return null
  return (
    <section class="notice care">
      <p>{words.reconnect}</p>
      {can('numbers:write') && (
        <div class="actions">
          <LinkButton kind="main" href={connectPage}>
            {words.reconnectPress}
          </LinkButton>
        </div>
      )}
    </section>
  )
}

const Facts = ({ number }: { number: OwnNumber }) => (
  <section class="card">
    <h2>{words.ids}</h2>
    <dl class="facts">
      <dt>{words.number}</dt>
      <dd>
        <code>{number.phoneNumberId}</code>
      </dd>
      <dt>{words.account}</dt>
      <dd>
        <code>{number.wabaId}</code>
      </dd>
      <dt>{words.since}</dt>
      <dd>
        <Time at={number.connectedAt} /> {number.way && words.way[number.way]}
      </dd>
    </dl>
  </section>
)

function Disconnect({ number, onDone }: { number: OwnNumber; onDone: () => void }) {
  const { title, text, press, ask, word, done } = words.disconnect
  const go = async () => {
    if (!(await confirmTyped({ title, text: ask, word, action: press }))) return
    const gone = await disconnect(number.id)
    toast(gone.ok ? { text: done } : { text: sentenceOf(gone.problem), tone: 'bad' })
    if (gone.ok) onDone()
  }
  return (
    <section class="card">
      <h2>{title}</h2>
      <p>{text}</p>
      <div class="actions">
        <Button kind="danger" onClick={() => void go()}>
          {press}
        </Button>
      </div>
    </section>
  )
}

void mount(NumberScreen, { needs: 'numbers:read' })
