// One template: how it stands at Meta, why, and what a person reads. Called by templates.tsx.

import { Badge, Button, can, confirmTyped, Dialog, sentenceOf, Time, toast } from '../ui/index.ts'
import { templates as words } from '../words/templates.ts'
import { qualityTone, removeTemplate, statusTone, type Template } from './data.ts'
import { Shown } from './shown.tsx'

type Props = { template: Template; onClose: () => void; onEdit: () => void; onGone: () => void }

export function One({ template, onClose, onEdit, onGone }: Props) {
  const { id, name, language, category, status, quality, reason, next, editableAt } = template
  const remove = async () => {
    const sure = await confirmTyped({
      title: words.removeTitle,
      text: words.removeText(name),
      word: name,
      action: words.remove,
    })
    if (!sure) return
    const told = await removeTemplate(id)
    toast(told.ok ? { text: words.removed } : { text: sentenceOf(told.problem), tone: 'bad' })
    if (told.ok) onGone()
  }
  const now = Date.now()
  const mayEdit = editableAt !== null && Date.parse(editableAt) <= now && template.components.length > 0
  return (
    <Dialog
      title={name}
      open
      wide
      onClose={onClose}
      actions={
        can('templates') ? (
          <>
            <Button kind="danger" icon="trash" onClick={() => void remove()}>
              {words.remove}
            </Button>
            <Button disabled={!mayEdit} onClick={onEdit}>
              {words.edit}
            </Button>
          </>
        ) : undefined
      }
    >
      <p class="badges">
        <Badge tone={statusTone(status)}>{words.statuses[status] ?? status}</Badge>
        <Badge>{words.categories[category] ?? category}</Badge>
        <Badge>{language}</Badge>
        <Badge tone={qualityTone(quality)}>{words.qualities[quality ?? 'UNKNOWN'] ?? words.noQuality}</Badge>
      </p>
      {reason && (
        <section class="notice care">
          <h3>{words.why}</h3>
          <p>{reason.says}</p>
          <p>{reason.remedy}</p>
        </section>
      )}
      {next && (
        <p class="notice">
          {words.next(words.categories[next.category] ?? next.category)} <Time at={next.at} />
        </p>
      )}
      <h3>{words.preview}</h3>
      {template.components.length === 0 ? <p>{words.notRead}</p> : <Shown template={template} />}
      <p class="soft small">{words.sample}</p>
      <p class="soft small">
        {words.updated} <Time at={template.updatedAt} />
        {template.syncedAt && (
          <>
            {' · '}
            {words.synchronised} <Time at={template.syncedAt} />
          </>
        )}
      </p>
      {can('templates') && editableAt === null && <p class="soft small">{words.notEditable}</p>}
      {can('templates') && editableAt !== null && Date.parse(editableAt) > now && (
        <p class="soft small">
          {words.editable} <Time at={editableAt} />
        </p>
      )}
    </Dialog>
  )
}
