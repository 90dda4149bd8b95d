// Templates in the composer: searched, filled in, seen as the person will see it, sent. Loaded with sheets.tsx.

import { useEffect, useState } from 'preact/hooks'
import { can } from '../session.ts'
import {
  type Ask,
  asksOf,
  missingOf,
  type Piece,
  payloadOf,
  preview,
  type Values,
} from '../templates/render.ts'
import {
  Badge,
  Button,
  Dialog,
  Empty,
  Failed,
  Field,
  Input,
  LinkButton,
  Skeleton,
  useResource,
} from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { syncTemplates } from './api.ts'
import { plainOf } from './markup.ts'
import { loadOwnTemplates } from './own-templates.ts'
import { send } from './sending.ts'
import type { Template } from './types.ts'
import { Written } from './written.tsx'

type Props = { conversationId: string; onClose: () => void }

export function TemplatePicker({ conversationId, onClose }: Props) {
  const [chosen, setChosen] = useState<Template>()
  const [values, setValues] = useState<Values>({})
  const [isAsked, setAsked] = useState(false)
  const submit = () => {
    if (!chosen) return
    setAsked(true)
    if (missingOf(chosen, values).length > 0) return
    void send(conversationId, { type: 'template', payload: payloadOf(chosen, values) })
    onClose()
  }
  const back = () => {
    setChosen(undefined)
    setValues({})
    setAsked(false)
  }
  return (
    <Dialog
      title={chosen ? chosen.name : words.templates.title}
      open
      wide={chosen !== undefined}
      onClose={onClose}
      onSubmit={submit}
      actions={
        chosen && (
          <>
            <Button onClick={back}>{words.templates.back}</Button>
            <Button kind="main" type="submit">
              {words.templates.send}
            </Button>
          </>
        )
      }
    >
      {chosen ? (
        <Fill
          template={chosen}
          values={values}
          set={setValues}
          missing={isAsked ? missingOf(chosen, values) : []}
        />
      ) : (
        <Choose conversationId={conversationId} onChoose={setChosen} />
      )}
    </Dialog>
  )
}

const waitMs = 200

type ChooseProps = { conversationId: string; onChoose: (template: Template) => void }

function Choose({ conversationId, onChoose }: ChooseProps) {
  const [text, setText] = useState('')
  const [q, setQ] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), waitMs)
    return () => clearTimeout(timer)
  }, [text])
  const { state, data, problem, reload } = useResource(
    () => loadOwnTemplates(conversationId, q),
    [conversationId, q],
  )
  return (
    <div class="templates">
      <Input
        type="search"
        maxLength={200}
        aria-label={words.templates.search}
        placeholder={words.templates.search}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {state === 'loading' && <Skeleton rows={4} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data?.data.length === 0 && (
        <Empty
          title={words.templates.none}
          text={words.templates.noneText}
          action={<Elsewhere isAll={q === ''} reload={reload} />}
        />
      )}
      <ul>
        {data?.data.map((template) => (
          <li key={template.id}>
            <button type="button" onClick={() => onChoose(template)}>
              <strong>{template.name}</strong> <Badge>{words.templates.language(template.language)}</Badge>
              <span class="small" dir="auto">
                {plainOf(
                  preview(template)
                    .body.map((piece) => piece.text)
                    .join(''),
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Where there are none at all, they may only not have been fetched yet. */
function Elsewhere({ isAll, reload }: { isAll: boolean; reload: () => Promise<void> }) {
  const [isBusy, setBusy] = useState(false)
  if (!can('templates')) return null
  const fetchAll = async () => {
    setBusy(true)
    await syncTemplates()
    await reload()
    setBusy(false)
  }
  return (
    <>
      {isAll && (
        <Button kind="main" busy={isBusy} onClick={() => void fetchAll()}>
          {words.templates.sync}
        </Button>
      )}
      <LinkButton href="/portal/templates">{words.templates.make}</LinkButton>
    </>
  )
}

type FillProps = { template: Template; values: Values; set: (values: Values) => void; missing: string[] }

function Fill({ template, values, set, missing }: FillProps) {
  const asks = asksOf(template)
  return (
    <div class="filling">
      {asks.length > 0 && (
        <section aria-label={words.templates.values}>
          {asks.map((ask) => (
            <Value
              key={ask.key}
              ask={ask}
              value={values[ask.key] ?? ''}
              isMissing={missing.includes(ask.key)}
              set={(value) => set({ ...values, [ask.key]: value })}
            />
          ))}
        </section>
      )}
      <Preview template={template} values={values} />
    </div>
  )
}

type ValueProps = { ask: Ask; value: string; isMissing: boolean; set: (value: string) => void }

const Value = ({ ask, value, isMissing, set }: ValueProps) => (
  <Field
    label={words.templates.variable(
      words.templates.where[ask.where] ?? ask.where,
      ask.kind === 'text' ? ask.name : (words.templates.kinds[ask.kind] ?? ask.name),
    )}
    hint={ask.example && words.templates.example(ask.example)}
    error={isMissing ? words.templates.missing : undefined}
  >
    <Input value={value} maxLength={ask.maxChars} onInput={(event) => set(event.currentTarget.value)} />
  </Field>
)

function Preview({ template, values }: { template: Template; values: Values }) {
  const { header, body, footer, buttons } = preview(template, values)
  return (
    <section class="preview" aria-label={words.templates.preview}>
      <div class="bubble">
        {header && (
          <p dir="auto">
            <strong>{header.text || words.templates.kinds[header.kind]}</strong>
          </p>
        )}
        {body.some((piece) => piece.open) ? (
          <p class="written" dir="auto">
            {body.map((piece, i) => (
              <PieceOf key={i} piece={piece} />
            ))}
          </p>
        ) : (
          <Written text={body.map((piece) => piece.text).join('')} />
        )}
        {footer && (
          <p class="small" dir="auto">
            {footer}
          </p>
        )}
        {buttons.length > 0 && (
          <ul class="asked-buttons">
            {buttons.map(({ text }) => (
              <li key={text} dir="auto">
                {text}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}

const PieceOf = ({ piece }: { piece: Piece }) =>
  piece.open ? <mark>{piece.text}</mark> : <span>{piece.text}</span>
