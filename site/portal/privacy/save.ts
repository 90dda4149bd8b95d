// Gives a file to the browser to keep. Called by the screens of the privacy centre.

import { type Problem, type Result, request } from '../client.ts'

function save(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

export const saveText = (name: string, text: string): void =>
  save(name, new Blob([text], { type: 'application/json' }))

/** `path` under /api/v1. `onBytes`: how much has come, now and then. */
export async function saveAnswer(
  path: string,
  name: string,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Result<undefined>> {
  try {
    const answer = await request(path)
    if (!answer.ok || !answer.body) return { ok: false, problem: await problemOf(answer) }
    const chunks: BlobPart[] = []
    let bytes = 0
    const reader = answer.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      bytes += value.byteLength
      chunks.push(value as Uint8Array<ArrayBuffer>)
      onBytes(bytes)
    }
    save(name, new Blob(chunks, { type: answer.headers.get('content-type') ?? '' }))
    return { ok: true, data: undefined }
  } catch {
    return { ok: false, problem: { code: 'offline', title: '', status: 0 } }
  }
}

async function problemOf(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => undefined)) as Problem | undefined
  return body?.code ? body : { code: 'unexpected', title: '', status: answer.status }
}
