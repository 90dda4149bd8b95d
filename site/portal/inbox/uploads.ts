// Files on their way into a message: checked against Meta's limits before a byte leaves, with progress, and dropped again
// when they are taken out. Called by the composer.

import { workspaceHeaders } from '../client.ts'
import { bytes } from '../format.ts'
import * as words from '../words/inbox.ts'
import * as api from './api.ts'
import { checkFile, maxBytes } from './attach.ts'
import { compose, deskOf, type Upload } from './state.ts'

const running = new Map<string, XMLHttpRequest>()
const mostFiles = 10

export function addFiles(conversationId: string, files: readonly File[]): void {
  const { composer } = deskOf(conversationId)
  const room = mostFiles - composer.value.files.length
  const uploads = files.slice(0, room).map((file) => [file, begin(file)] as const)
  compose(conversationId, {
    mode: 'message',
    files: [...composer.value.files, ...uploads.map(([, one]) => one)],
  })
  for (const [file, one] of uploads) if (one.state === 'uploading') upload(conversationId, one.id, file)
}

function begin(file: File): Upload {
  const checked = checkFile(file)
  const base = {
    id: crypto.randomUUID(),
    name: file.name || words.composer.pasted,
    bytes: file.size,
    sent: 0,
    mime: file.type,
  }
  if (!checked.ok) {
    const sentence =
      checked.reason === 'too_large'
        ? words.composer.tooLarge(
            words.kinds[checked.kind ?? 'document'],
            bytes(maxBytes[checked.kind ?? 'document']),
          )
        : words.composer.notSendable[checked.reason]
    return { ...base, kind: checked.kind ?? 'document', preview: undefined, state: 'failed', sentence }
  }
  const isSeen = checked.kind === 'image' || checked.kind === 'sticker'
  return {
    ...base,
    kind: checked.kind,
    preview: isSeen ? URL.createObjectURL(file) : undefined,
    state: 'uploading',
  }
}

const turn = (conversationId: string, id: string, change: Partial<Upload>): void => {
  const { files } = deskOf(conversationId).composer.value
  compose(conversationId, { files: files.map((one) => (one.id === id ? { ...one, ...change } : one)) })
}

/** XMLHttpRequest, because fetch tells no progress of what it sends. */
function upload(conversationId: string, id: string, file: File): void {
  const request = new XMLHttpRequest()
  running.set(id, request)
  request.open('POST', `/api/v1/conversations/${conversationId}/media`)
  for (const [name, value] of Object.entries(workspaceHeaders())) request.setRequestHeader(name, value)
  request.setRequestHeader('content-type', file.type)
  request.setRequestHeader('x-filename', encodeURIComponent(file.name))
  request.upload.addEventListener('progress', ({ loaded }) => turn(conversationId, id, { sent: loaded }))
  request.addEventListener('loadend', () => {
    running.delete(id)
    const answer = parsed(request.responseText)
    if (request.status === 201)
      turn(conversationId, id, { state: 'ready', mediaId: answer.id, kind: answer.kind, sent: file.size })
    else
      turn(conversationId, id, {
        state: 'failed',
        sentence: answer.detail ?? answer.title ?? words.said.noAnswer,
      })
  })
  request.send(file)
}

type Answer = { id: string; kind: string; detail?: string; title?: string }
function parsed(text: string): Answer {
  try {
    return JSON.parse(text) as Answer
  } catch {
    return {} as Answer
  }
}

export function removeFile(conversationId: string, id: string): void {
  running.get(id)?.abort()
  const { files } = deskOf(conversationId).composer.value
  const file = files.find((one) => one.id === id)
  compose(conversationId, { files: files.filter((one) => one.id !== id) })
  if (file?.preview) URL.revokeObjectURL(file.preview)
  if (file?.mediaId) void api.dropUpload(conversationId, file.mediaId)
}
