// What a person will read of a template: the bubble, with samples or values in the place of variables. Called by the screens of
// templates.

import { templates as words } from '../words/templates.ts'
import { asksOf, preview, type TemplateLike, type Values } from './render.ts'

/** The samples that were given when it was made. */
export const samplesOf = (template: Pick<TemplateLike, 'components'>): Values =>
  Object.fromEntries(asksOf(template).flatMap(({ key, example }) => (example ? [[key, example]] : [])))

export function Shown({ template, values }: { template: Pick<TemplateLike, 'components'>; values?: Values }) {
  const { header, body, footer, buttons } = preview(template, values ?? samplesOf(template))
  return (
    <div class="bubble-preview" dir="auto">
      {header &&
        (header.kind === 'text' ? (
          <p class="bubble-head">{header.text}</p>
        ) : (
          <p class="bubble-media">{words.header[header.kind]}</p>
        ))}
      <p class="bubble-body">
        {body.map((piece, at) =>
          piece.open ? <mark key={at}>{piece.text}</mark> : <span key={at}>{piece.text}</span>,
        )}
      </p>
      {footer && <p class="bubble-foot">{footer}</p>}
      {buttons.length > 0 && (
        <ul class="bubble-buttons">
          {buttons.map(({ text, kind, detail }, at) => (
            <li key={at} title={detail || undefined}>
              {text || kind}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
