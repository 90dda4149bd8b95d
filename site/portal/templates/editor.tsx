// Writes a template: the form on one side, what a person reads on the other, and every fault at its field. Called by
// templates.tsx.

import { useState } from 'preact/hooks'
import { tell } from '../client.ts'
import { Button, Checkbox, Dialog, Field, Input, Select, sentenceOf, TextArea, toast } from '../ui/index.ts'
import { common } from '../words/shell.ts'
import { templates, editor as words } from '../words/templates.ts'
import type { Account } from './accounts.ts'
import { Buttons } from './buttons.tsx'
import type { Template } from './data.ts'
import { componentsOf, type Draft, draftOf, emptyDraft, isMedia, isNamed } from './draft.ts'
import { elsewhere, type Fault, stillOpen } from './faults.ts'
import { HeadSample } from './head-sample.tsx'
import { variablesIn } from './render.ts'
import { Shown, samplesOf } from './shown.tsx'

type Props = {
  template: Template | undefined
  accounts: Account[]
  onClose: () => void
  onDone: (id: string) => void
}
type Set = (change: Partial<Draft>) => void

/** What of a draft goes to the API; an account is named where there is a choice. */
const submitted = (template: Template | undefined, draft: Draft, wabaId: string) => {
  const components = componentsOf(draft)
  const { name, language, category } = draft
  if (template) return tell<Template>(`/templates/${template.id}`, 'PATCH', { category, components })
  const named = isNamed(draft)
  const account = wabaId === '' ? {} : { wabaId }
  return tell<Template>('/templates', 'POST', { ...account, name, language, category, named, components })
}

export function Editor({ template, accounts, onClose, onDone }: Props) {
  const begun = template ? draftOf(template, samplesOf(template)) : emptyDraft
  const [draft, setDraft] = useState(begun)
  const [busy, setBusy] = useState(false)
  const [faults, setFaults] = useState<Fault[]>([])
  const [wabaId, setWaba] = useState('')
  const isChoice = !template && accounts.length > 1
  const title = template ? words.editTitle(template.name) : words.createTitle
  if (!draft) return <Unwritable title={title} onClose={onClose} />
  const submit = async () => {
    if (isChoice && wabaId === '') return setFaults([{ path: 'wabaId', message: words.accountMissing }])
    setBusy(true)
    const told = await submitted(template, draft, wabaId)
    setBusy(false)
    if (!told.ok) return setFaults(told.problem.errors ?? [{ path: '', message: sentenceOf(told.problem) }])
    toast({ text: words.submitted })
    onDone(told.data.id)
  }
  const set: Set = (change) => {
    setDraft((before) => before && { ...before, ...change })
    setFaults((before) => stillOpen(before, change))
  }
  const choose = (id: string) => {
    setWaba(id)
    setDraft((before) => before && { ...before, sample: undefined })
    setFaults((before) => before.filter(({ path }) => path !== 'wabaId'))
  }
  const faultAt = (path: string) => faults.find((one) => one.path === path)?.message
  const others = elsewhere(faults, draft, !template)
  return (
    <Dialog
      title={title}
      open
      wide
      onClose={onClose}
      onSubmit={() => void submit()}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="main" type="submit" busy={busy}>
            {words.submit}
          </Button>
        </>
      }
    >
      <div class="two">
        <div class="stack">
          {isChoice && <Choice {...{ accounts, wabaId, choose }} error={faultAt('wabaId')} />}
          {!template && <Naming draft={draft} set={set} faultAt={faultAt} />}
          <Kind draft={draft} set={set} />
          {draft.category === 'AUTHENTICATION' ? (
            <Code draft={draft} set={set} />
          ) : (
            <Content
              draft={draft}
              set={set}
              faultAt={faultAt}
              wabaId={template?.wabaId ?? (isChoice ? wabaId : undefined)}
            />
          )}
          {others.length > 0 && (
            <p class="error" role="alert">
              {others.map(({ message }) => message).join('. ')}
            </p>
          )}
        </div>
        <Beside draft={draft} />
      </div>
    </Dialog>
  )
}

const Unwritable = ({ title, onClose }: { title: string; onClose: () => void }) => (
  <Dialog title={title} open onClose={onClose} actions={<Button onClick={onClose}>{common.close}</Button>}>
    <p>{words.otherParts}</p>
  </Dialog>
)

const Beside = ({ draft }: { draft: Draft }) => (
  <div class="stack">
    <h3>{templates.preview}</h3>
    <Shown template={{ components: componentsOf(draft) }} values={draft.samples} />
    <p class="soft small">{templates.sample}</p>
  </div>
)

type ChoiceProps = {
  accounts: Account[]
  wabaId: string
  choose: (id: string) => void
  error: string | undefined
}

const Choice = ({ accounts, wabaId, choose, error }: ChoiceProps) => (
  <Field label={words.account} hint={words.accountHint} error={error}>
    <Select
      value={wabaId}
      onChange={(event) => choose(event.currentTarget.value)}
      options={[
        { value: '', label: words.accountChoose },
        ...accounts.map(({ id, label }) => ({ value: id, label })),
      ]}
    />
  </Field>
)

type PartProps = { draft: Draft; set: Set; faultAt: (path: string) => string | undefined }

const Naming = ({ draft, set, faultAt }: PartProps) => (
  <>
    <Field label={words.name} hint={words.nameHint} error={faultAt('name')}>
      <Input
        value={draft.name}
        autocapitalize="none"
        spellcheck={false}
        onInput={(event) =>
          set({ name: event.currentTarget.value.toLowerCase().replace(/[^a-z0-9_]/g, '_') })
        }
      />
    </Field>
    <Field label={words.language} hint={words.languageHint} error={faultAt('language')}>
      <Input
        value={draft.language}
        autocapitalize="none"
        spellcheck={false}
        onInput={(event) => set({ language: event.currentTarget.value.trim() })}
      />
    </Field>
  </>
)

const Kind = ({ draft, set }: Omit<PartProps, 'faultAt'>) => (
  <Field label={words.category} hint={words.categoryHints[draft.category]}>
    <Select
      value={draft.category}
      onChange={(event) => set({ category: event.currentTarget.value })}
      options={Object.entries(templates.categories).map(([value, label]) => ({ value, label }))}
    />
  </Field>
)

const Code = ({ draft, set }: Omit<PartProps, 'faultAt'>) => (
  <>
    <Checkbox
      label={words.security}
      checked={draft.security}
      onChange={(event) => set({ security: event.currentTarget.checked })}
    />
    <Field label={words.expires}>
      <Input
        type="number"
        min={1}
        max={90}
        value={draft.minutes}
        onInput={(event) => set({ minutes: event.currentTarget.value })}
      />
    </Field>
  </>
)

function Content({ draft, set, faultAt, wabaId }: PartProps & { wabaId: string | undefined }) {
  const { header, headerText, body, footer } = draft
  return (
    <>
      <Field label={words.header} error={faultAt('header')}>
        <Select
          value={header}
          onChange={(event) =>
            set({ header: event.currentTarget.value as Draft['header'], sample: undefined })
          }
          options={Object.entries(words.headers).map(([value, label]) => ({ value, label }))}
        />
      </Field>
      {header === 'TEXT' && (
        <Field label={words.headerText}>
          <Input value={headerText} onInput={(event) => set({ headerText: event.currentTarget.value })} />
        </Field>
      )}
      {isMedia(header) && <HeadSample key={header} draft={draft} header={header} set={set} wabaId={wabaId} />}
      <Field label={words.body} hint={words.bodyHint} error={faultAt('body')}>
        <TextArea rows={5} value={body} onInput={(event) => set({ body: event.currentTarget.value })} />
      </Field>
      <Samples draft={draft} set={set} />
      <Field label={words.footer} hint={words.footerHint} error={faultAt('footer')}>
        <Input value={footer} onInput={(event) => set({ footer: event.currentTarget.value })} />
      </Field>
      <Buttons
        buttons={draft.buttons}
        onChange={(buttons) => set({ buttons })}
        faultAt={(at) => faultAt(`buttons.${at}`) ?? (at === 0 ? faultAt('buttons') : undefined)}
      />
    </>
  )
}

function Samples({ draft, set }: Omit<PartProps, 'faultAt'>) {
  const header = draft.header === 'TEXT' ? variablesIn(draft.headerText) : []
  const keys = [
    ...header.map((name) => `header.${name}`),
    ...variablesIn(draft.body).map((name) => `body.${name}`),
  ]
  if (keys.length === 0) return null
  return (
    <fieldset class="stack">
      <legend>{words.samples}</legend>
      <p class="hint">{words.samplesHint}</p>
      {keys.map((key) => (
        <Field key={key} label={words.sampleOf(key.slice(key.indexOf('.') + 1))}>
          <Input
            value={draft.samples[key] ?? ''}
            onInput={(event) => set({ samples: { ...draft.samples, [key]: event.currentTarget.value } })}
          />
        </Field>
      ))}
    </fieldset>
  )
}
