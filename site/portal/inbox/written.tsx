// A text with WhatsApp's marks, drawn. Links open elsewhere and tell nobody where from. Part of bubbles and previews.

import type { ComponentChildren } from 'preact'
import { type Block, parseMarkup, type Span } from './markup.ts'

const drawn = (span: Span, key: number): ComponentChildren => {
  switch (span.kind) {
    case 'text':
      return span.text
    case 'code':
      return <code key={key}>{span.text}</code>
    case 'link':
      return (
        <a key={key} href={span.href} target="_blank" rel="noopener noreferrer nofollow">
          {span.text}
        </a>
      )
    case 'bold':
      return <strong key={key}>{span.of.map(drawn)}</strong>
    case 'italic':
      return <em key={key}>{span.of.map(drawn)}</em>
    case 'strike':
      return <s key={key}>{span.of.map(drawn)}</s>
  }
}

/** Lines that follow each other are one paragraph with breaks, so that they are copied as they were written. */
export function Written({ text }: { text: string }) {
  const blocks = parseMarkup(text)
  return (
    <div class="written" dir="auto">
      {blocks.map((block, i) => (
        <BlockOf key={i} block={block} />
      ))}
    </div>
  )
}

function BlockOf({ block }: { block: Block }) {
  if (block.kind === 'code') return <pre>{block.text}</pre>
  const inside = block.of.length === 0 ? <br /> : block.of.map(drawn)
  return block.kind === 'quote' ? <blockquote>{inside}</blockquote> : <p>{inside}</p>
}

const emojiAlone = /^(?:\p{RGI_Emoji}\s*){1,3}$/v
/** More than three of the longest emoji have. */
const mostUnits = 60

/** One emoji to three alone are shown large, as people know it. */
export const isOnlyEmoji = (text: string): boolean =>
  text.length <= mostUnits && !/[\p{L}\p{N}]/u.test(text) && emojiAlone.test(text.trim())
