// What Meta's codes about templates mean, for people. Pure. Source: template status and rejection reasons (Meta's
// documentation).

export type Reason = { code: string; says: string; remedy: string }

const reasons: Readonly<Record<string, readonly [says: string, remedy: string]>> = {
  ABUSIVE_CONTENT: [
    'Meta found content in it that its policies do not allow.',
    'Change the words, or ask Meta for another look in WhatsApp Manager.',
  ],
  INCORRECT_CATEGORY: [
    'It is in another category than its content.',
    'Choose the category that fits, then submit it again.',
  ],
  INVALID_FORMAT: [
    'Its form is not allowed: often a variable at an edge, two variables side by side, or a sample that does not fit.',
    'Mend variables and samples, then submit it again.',
  ],
  PROMOTIONAL: [
    'It promotes something and is not in the category marketing.',
    'Make it a marketing template.',
  ],
  SCAM: ['Meta takes it for a fraud.', 'Say who you are and what it is about; ask Meta for another look.'],
  TAG_CONTENT_MISMATCH: [
    'Its words are in another language or category than it says.',
    'Choose language and category that fit its words.',
  ],
  LOW_QUALITY: [
    'Many people blocked or reported it.',
    'Write to fewer people, who expect it; Meta resumes it by itself after some hours.',
  ],
  LOW_QUALITY_SCORE: [
    'Many people blocked or reported it.',
    'Write to fewer people, who expect it; Meta resumes it by itself after some hours.',
  ],
}

const otherwise = [
  'Meta gave no reason that we have words for.',
  'Look at the template in WhatsApp Manager.',
] as const

/** `detail`: Meta's own sentence, where it gave one. */
export function reasonOf(code: string | null, detail: string | null): Reason | null {
  if (code === null && detail === null) return null
  const [says, remedy] = reasons[code ?? ''] ?? otherwise
  return { code: code ?? 'OTHER', says: detail === null ? says : `${says} Meta says: ${detail}`, remedy }
}
