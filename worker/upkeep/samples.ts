// A file that Meta wants to see beforehand: the sample of a template's head, the picture of a profile. It goes through memory
// to Meta and is kept nowhere here. Called by numbers.ts and template-routes.ts. Source: resumable upload (Meta).

import { plainMime } from '../conversations/file-content.ts'
import { decideUpload } from '../conversations/file-kinds.ts'
import { limits } from '../ground/limits.ts'
import { ok, type Result, refused } from '../ground/result.ts'
import { fields, text } from '../meta/json.ts'
import { type Asking, askMeta, type MetaSaidNo } from './graph.ts'

export type Given = { bytes: Uint8Array<ArrayBuffer>; mime: string }
export type SampleFormat = 'IMAGE' | 'VIDEO' | 'DOCUMENT'
type Sample = { bytes: Uint8Array<ArrayBuffer>; mime: string; format: SampleFormat }
export type NotTaken = { reason: 'file_refused'; detail: string }

export const isSampleType = (mime: string): boolean => plainMime(mime) in formats
export const otherType = refused({
  reason: 'file_refused',
  detail: 'Meta takes JPEG, PNG, MP4 and PDF here.',
} as const)

const formats: Readonly<Record<string, SampleFormat>> = {
  'image/jpeg': 'IMAGE',
  'image/png': 'IMAGE',
  'video/mp4': 'VIDEO',
  'application/pdf': 'DOCUMENT',
}

/** What Meta would not take is refused before it is asked. */
export function parseSample({ bytes, mime: given }: Given): Result<Sample, NotTaken> {
  const looked = decideUpload(given, bytes, bytes.byteLength)
  const format = looked.ok ? formats[looked.mime] : undefined
  if (!looked.ok && looked.reason !== 'type')
    return refused({ reason: 'file_refused', detail: looked.detail })
  if (!looked.ok || format === undefined) return otherType
  const { mime } = looked
  return ok({ bytes, mime, format })
}

/** Meta's handle of it, with which a template or a profile names it. */
export async function uploadSample(
  asking: Asking,
  token: string,
  { bytes, mime }: Sample,
): Promise<Result<string, MetaSaidNo>> {
  const opened = await askMeta(asking, token, {
    ...{ method: 'POST', path: `${asking.settings.appId}/uploads`, route: '/{app}/uploads' },
    // Its own name is nobody's business, and Meta would put it into the address of the upload.
    query: {
      file_name: `sample.${mime.split('/')[1]}`,
      file_length: String(bytes.byteLength),
      file_type: mime,
    },
  })
  if (!opened.ok) return opened
  // `upload:…?sig=…`: a part of an address, made by Meta.
  const parts = /^(upload:[\w=+.:-]{1,1000})(?:\?([\w=&%+.:-]{1,1000}))?$/.exec(
    text(fields(opened.value.json).id) ?? '',
  )
  if (!parts) return noHandle
  const sent = await askMeta(asking, token, {
    ...{ method: 'POST', path: parts[1] as string, route: '/{upload}', body: bytes, fileOffset: 0 },
    query: Object.fromEntries(new URLSearchParams(parts[2] ?? '')),
    contentType: 'application/octet-stream',
    timeoutMs: limits.graphTimeoutMs + limits.graphLateMs,
  })
  if (!sent.ok) return sent
  const handle = text(fields(sent.value.json).h)
  return handle === undefined ? noHandle : ok(handle)
}

const noHandle = refused({
  reason: 'meta_unreachable',
  detail: 'Meta did not say that it has the file. Nothing was changed; try again.',
} as const)
