// Writes a template: the form on one side, what a person reads on the other, and every fault at its field. Called by
// templates.tsx.

import { useState } from 'preact/hooks'
import { type Problem, tell } from '../client.ts'
import { Button, Checkbox, Dialog, Field, Input, Select, sentenceOf, TextArea, toast } from '../ui/index.ts'
import { common } from '../words/shell.ts'
import { templates, editor as words } from '../words/templates.ts'
import { Buttons } from './buttons.tsx'
import type { Template } from './data.ts'
import { componentsOf, type Draft, draftOf, emptyDraft, isNamed } from './draft.ts'
import { variablesIn } from './render.ts'
import { Shown, samplesOf } from './shown.tsx'

type Props = { template: Template | undefined; onClose: () => void; onDone: (id: string) => void }
type Set = (change: Partial<Draft>) => void

export function Editor({ template, onClose, onDone }: Props) {
  const begun = template ? draftOf(template, samplesOf(template)) : emptyDraft
  const [draft, setDraft] = useState(begun)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const title = template ? words.editTitle(template.name) : words.createTitle
  if (!draft)
    return (
      <Dialog
        title={title}
        open
        onClose={onClose}
        actions={<Button onClick={onClose}>{common.close}</Button>}
      >
        <p>{words.mediaHeader}</p>
      </Dialog>
    )
  const submit = async () => {
    setBusy(true)
    const components = componentsOf(draft)
    const { name, language, category } = draft
    const told = template
      ? await tell<Template>(`/templates/${template.id}`, 'PATCH', { category, components })
      : await tell<Template>('/templates', 'POST', {
          name,
          language,
          category,
          named: isNamed(draft),
          components,
        })
    setBusy(false)
    setProblem(told.ok ? undefined : told.problem)
    if (!told.ok) return
    toast({ text: words.submitted })
    onDone(told.data.id)
  }
  const set: Set = (change) => setDraft((before) => before && { ...before, ...change })
  const faultAt = (path: string) => problem?.errors?.find((one) => one.path === path)?.message
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
          {!template && <Naming draft={draft} set={set} faultAt={faultAt} />}
          <Kind draft={draft} set={set} />
          {draft.category === 'AUTHENTICATION' ? (
            <Code draft={draft} set={set} />
          ) : (
            <Content draft={draft} set={set} faultAt={faultAt} />
          )}
          {problem && (
            <p class="error" role="alert">
              {problem.errors ? problem.errors.map(({ message }) => message).join('. ') : sentenceOf(problem)}
            </p>
          )}
        </div>
        <div class="stack">
          <h3>{templates.preview}</h3>
          <Shown template={{ components: componentsOf(draft) }} values={draft.samples} />
          <p class="soft small">{templates.sample}</p>
          {!template && <p class="soft small">{words.mediaHeader}</p>}
        </div>
      </div>
    </Dialog>
  )
}

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

function Content({ draft, set, faultAt }: PartProps) {
  const { header, headerText, body, footer } = draft
  return (
    <>
      <Field label={words.header} error={faultAt('header')}>
        <Select
          value={header}
          onChange={(event) => set({ header: event.currentTarget.value as Draft['header'] })}
          options={Object.entries(words.headers).map(([value, label]) => ({ value, label }))}
        />
      </Field>
      {header === 'TEXT' && (
        <Field label={words.headerText}>
          <Input value={headerText} onInput={(event) => set({ headerText: event.currentTarget.value })} />
        </Field>
      )}
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
