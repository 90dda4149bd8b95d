// What a message shows, type by type. Whatever it is, there is something to read. Part of bubble.tsx.

import { number } from '../format.ts'
import * as words from '../words/inbox.ts'
import { Mark } from './icons.tsx'
import { Media } from './media.tsx'
import { type Card, type View, viewOf } from './reading.ts'
import type { Message } from './types.ts'
import { isOnlyEmoji, Written } from './written.tsx'

type Of<K extends View['kind']> = Extract<View, { kind: K }>

export function Contents({ message, conversationId }: { message: Message; conversationId: string }) {
  const view = viewOf(message)
  switch (view.kind) {
    case 'text':
      if (view.text === '') return <p class="soft">{words.bubble.empty}</p>
      return isOnlyEmoji(view.text) ? <p class="large">{view.text}</p> : <Written text={view.text} />
    case 'media':
      return <Media view={view} message={message} conversationId={conversationId} />
    case 'location':
      return <Location view={view} />
    case 'contacts':
      return <Cards cards={view.cards} />
    case 'order':
      return <Order view={view} />
    case 'form':
      return <Form view={view} />
    case 'list':
    case 'buttons':
      return <Asked view={view} />
    default:
      return <Plain view={view} />
  }
}

/** Kinds that are a line or two. */
function Plain({
  view,
}: {
  view: Exclude<
    View,
    { kind: 'text' | 'media' | 'location' | 'contacts' | 'order' | 'form' | 'list' | 'buttons' }
  >
}) {
  switch (view.kind) {
    case 'choice':
      return <Entry what={words.bubble.chosen[view.how]} title={view.title} rest={view.description} />
    case 'template':
      if (view.text === undefined)
        return <Entry what={words.bubble.template} title={view.name} rest={view.values.join(' · ')} />
      return (
        <div class="entry">
          <p class="what">{words.bubble.templateOf(view.name)}</p>
          <Written text={view.text} />
        </div>
      )
    case 'call_permission':
      return <p>{view.isAccepted ? words.bubble.callYes : words.bubble.callNo}</p>
    case 'system':
      return <p>{words.bubble.system[view.change ?? ''] ?? view.text ?? words.last.system}</p>
    case 'unsupported':
      return (
        <div class="soft">
          <p>{words.bubble.unsupported}</p>
          {view.what && <p class="small">{words.bubble.unsupportedKind(view.what)}</p>}
        </div>
      )
    case 'revoked':
      return <p class="soft">{words.bubble.revoked}</p>
    case 'other':
      return (
        <div>
          <p class="what">{words.otherType(view.type)}</p>
          {view.text && <Written text={view.text} />}
          <Pairs pairs={view.lines} />
        </div>
      )
  }
}

const Entry = ({ what, title, rest }: { what: string; title: string; rest?: string | undefined }) => (
  <div class="entry">
    <p class="what">{what}</p>
    <p dir="auto">
      <strong>{title}</strong>
    </p>
    {rest && (
      <p class="small" dir="auto">
        {rest}
      </p>
    )}
  </div>
)

const Pairs = ({ pairs }: { pairs: [string, string][] }) =>
  pairs.length === 0 ? null : (
    <dl class="pairs">
      {pairs.map(([name, value], i) => (
        <div key={i}>
          <dt>{name}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  )

function Location({ view }: { view: Of<'location'> }) {
  const { latitude, longitude, name, address } = view
  const at = `${latitude},${longitude}`
  return (
    <div class="entry">
      <p class="what">
        <Mark name="pin" /> {words.bubble.location}
      </p>
      {name && (
        <p dir="auto">
          <strong>{name}</strong>
        </p>
      )}
      {address && <p dir="auto">{address}</p>}
      <p class="small">{words.bubble.mapText(String(latitude), String(longitude))}</p>
      <p>
        <a
          href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${at.replace(',', '/')}`}
          target="_blank"
          rel="noopener noreferrer nofollow"
        >
          {words.bubble.openMap}
        </a>
      </p>
    </div>
  )
}

const Cards = ({ cards }: { cards: Card[] }) => (
  <div class="entry">
    <p class="what">{cards.length === 1 ? words.bubble.contact : words.bubble.contacts(cards.length)}</p>
    {cards.map(({ name, org, phones, emails, urls }, i) => (
      <div key={i} class="card">
        <p dir="auto">
          <strong>{name}</strong>
          {org && <span class="small"> {org}</span>}
        </p>
        {[...phones, ...emails, ...urls].map((line) => (
          <p key={line} class="small">
            <bdi>{line}</bdi>
          </p>
        ))}
      </div>
    ))}
  </div>
)

const money = (value: number, currency: string): string => {
  try {
    return new Intl.NumberFormat(navigator.languages, { style: 'currency', currency }).format(value)
  } catch {
    return `${number(value)} ${currency}`
  }
}

const Order = ({ view }: { view: Of<'order'> }) => (
  <div class="entry">
    <p class="what">{words.bubble.order}</p>
    {view.text && <Written text={view.text} />}
    <ul class="items">
      {view.items.map(({ name, quantity, price, currency }, i) => (
        <li key={i}>
          <span>
            {number(quantity)} × <bdi>{name}</bdi>
          </span>
          <span>{money(price * quantity, currency)}</span>
        </li>
      ))}
      {view.total !== undefined && view.currency && (
        <li class="total">
          <span>{words.bubble.orderTotal}</span>
          <span>{money(view.total, view.currency)}</span>
        </li>
      )}
    </ul>
  </div>
)

const Form = ({ view }: { view: Of<'form'> }) => (
  <div class="entry">
    <p class="what">{words.bubble.form}</p>
    {view.summary && view.answers.length === 0 && <p>{view.summary}</p>}
    <Pairs pairs={view.answers} />
  </div>
)

/** What we asked with: its buttons are pictures of buttons, they are pressed on the phone. */
function Asked({ view }: { view: Of<'list'> | Of<'buttons'> }) {
  const rows = view.kind === 'list' ? view.sections.flatMap((section) => section.rows) : []
  return (
    <div class="asked">
      {view.header && (
        <p dir="auto">
          <strong>{view.header}</strong>
        </p>
      )}
      <Written text={view.text} />
      {view.footer && (
        <p class="small" dir="auto">
          {view.footer}
        </p>
      )}
      <ul aria-label={view.kind === 'list' ? words.bubble.list : words.bubble.buttonsSent}>
        {view.kind === 'list' && <li class="opens">{view.button}</li>}
        {rows.map(({ title, description }, i) => (
          <li key={i} dir="auto">
            {title}
            {description && <span class="small">{description}</span>}
          </li>
        ))}
        {view.kind === 'buttons' &&
          view.buttons.map(({ text }) => (
            <li key={text} dir="auto">
              {text}
            </li>
          ))}
      </ul>
    </div>
  )
}
