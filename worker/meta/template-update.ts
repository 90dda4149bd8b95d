// What a webhook says about a message template. Pure. Source: message_template_status_update, …_quality_update,
// …_components_update and template_category_update references (Meta's documentation).

import type { MetaEvent } from './event.ts'
import { fields, instant, items, text } from './json.ts'

export type TemplateChange = {
  wabaId: string
  metaId: string
  name: string
  language: string
  status?: string
  /** Meta's code for why it was refused or paused; null when nothing is wrong any more. */
  reason?: string | null
  detail?: string | null
  quality?: string
  category?: string
  /** What Meta will make of the category, and when (epoch ms). */
  next?: { category: string; at: number }
  components?: unknown[]
}

const plain = (value: unknown): string | undefined => {
  const word = text(value)
  return word !== undefined && /^[A-Z][A-Z_]{1,40}$/.test(word.toUpperCase()) ? word.toUpperCase() : undefined
}

/** Undefined for everything that is about no template. Meta's sample of a quality event carries the field of a status. */
export function templateChangeOf({ item, entryId }: MetaEvent): TemplateChange | undefined {
  const metaId = text(item.message_template_id)
  const name = text(item.message_template_name)
  const language = text(item.message_template_language)?.replace('-', '_')
  if (metaId === undefined || !/^\d{1,32}$/.test(metaId) || !name || !language) return undefined
  if (name.length > 512 || language.length > 16) return undefined
  const own = { wabaId: entryId, metaId, name, language }
  const quality = plain(item.new_quality_score)
  if (quality !== undefined) return { ...own, quality }
  if (text(item.message_template_element) !== undefined) return { ...own, components: componentsOf(item) }
  const category = plain(item.message_template_category)
  const status = plain(item.event)
  if (status !== undefined)
    return { ...own, status, ...whyOf(item), ...(category === undefined ? {} : { category }) }
  return categoryOf(own, item)
}

function whyOf(item: MetaEvent['item']): Pick<TemplateChange, 'reason' | 'detail'> {
  const reason = plain(item.reason)
  const { reason: said, recommendation } = fields(item.rejection_info)
  const { title, description } = fields(item.other_info)
  const words = [said, recommendation, title, description].flatMap((one) => text(one) ?? [])
  return {
    reason: reason === undefined || reason === 'NONE' ? null : reason,
    detail: words.length === 0 ? null : words.join(' ').slice(0, 1_000),
  }
}

/** The notice a day ahead has the present category under `new_category`, and the coming one under `correct_category`. */
function categoryOf(own: TemplateChange, item: MetaEvent['item']): TemplateChange | undefined {
  const coming = plain(item.correct_category)
  const at = instant(item.category_update_timestamp)
  if (coming !== undefined && at !== undefined) return { ...own, next: { category: coming, at } }
  const category = plain(item.new_category)
  return category === undefined ? undefined : { ...own, category }
}

function componentsOf(item: MetaEvent['item']): unknown[] {
  const title = text(item.message_template_title)
  const footer = text(item.message_template_footer)
  const buttons = items(item.message_template_buttons).map((given) => {
    const button = fields(given)
    const url = text(button.message_template_button_url)
    const phone = text(button.message_template_button_phone_number)
    return {
      type: text(button.message_template_button_type) ?? 'QUICK_REPLY',
      text: text(button.message_template_button_text) ?? '',
      ...(url === undefined ? {} : { url }),
      ...(phone === undefined ? {} : { phone_number: phone }),
    }
  })
  return [
    ...(title === undefined ? [] : [{ type: 'HEADER', format: 'TEXT', text: title }]),
    { type: 'BODY', text: text(item.message_template_element) ?? '' },
    ...(footer === undefined ? [] : [{ type: 'FOOTER', text: footer }]),
    ...(buttons.length > 0 ? [{ type: 'BUTTONS', buttons }] : []),
  ]
}
