// Files of messages: pictures, sound, film, documents, and what to say while there is none. Loaded when they are looked at,
// through the API, never from elsewhere. Part of contents.tsx.

import { useEffect, useRef, useState } from 'preact/hooks'
import { bytes } from '../format.ts'
import { Button } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { retryMedia } from './acting.ts'
import { loadMedia } from './api.ts'
import { Mark } from './icons.tsx'
import type { View } from './reading.ts'
import type { Message } from './types.ts'
import { Written } from './written.tsx'

type MediaView = Extract<View, { kind: 'media' }>
type Props = { view: MediaView; message: Message; conversationId: string }

export function Media({ view, message, conversationId }: Props) {
  return (
    <div class={`media ${view.media}`}>
      <File view={view} message={message} conversationId={conversationId} />
      {view.caption && <Written text={view.caption} />}
    </div>
  )
}

function File({ view, message, conversationId }: Props) {
  const file = message.media
  const name = view.filename ?? file?.filename ?? words.kinds[view.media]
  if (!file || file.state === 'gone' || file.state === 'waiting' || file.state === 'missed')
    return <NoFile view={view} message={message} conversationId={conversationId} />
  if (view.media === 'document') return <Document id={message.id} name={name} size={file.bytes} />
  if (view.media === 'image' || view.media === 'sticker') return <Picture id={message.id} view={view} />
  return <Player id={message.id} view={view} size={file.bytes} />
}

function NoFile({ view, message, conversationId }: Props) {
  const { state = 'none', reason = null } = message.media ?? {}
  const kind = words.kinds[view.media]
  const sentence = { waiting: words.media.waiting, missed: words.media.missed, gone: words.media.gone }[
    state as 'gone'
  ]
  return (
    <div class={`no-file ${state}`}>
      <Mark name="file" size={24} />
      <div>
        <p>
          <strong dir="auto">{view.filename ?? kind}</strong>
        </p>
        <p class="small">
          {sentence ?? words.media.noFile} {(reason && words.media.reasons[reason]) ?? ''}
        </p>
        {state === 'missed' && (
          <Button onClick={() => void retryMedia(conversationId, message.id)}>{words.media.retry}</Button>
        )}
      </div>
    </div>
  )
}

// ── Loading ──

/** Addresses of files that were shown on this page; the oldest are let go. */
const shown = new Map<string, string>()
const mostShown = 60

async function addressOf(id: string): Promise<string | undefined> {
  const known = shown.get(id)
  if (known) return known
  try {
    const answer = await loadMedia(id)
    if (!answer.ok) return undefined
    const address = URL.createObjectURL(await answer.blob())
    shown.set(id, address)
    const [oldest] = shown
    if (shown.size > mostShown && oldest) {
      URL.revokeObjectURL(oldest[1])
      shown.delete(oldest[0])
    }
    return address
  } catch {
    return undefined
  }
}

/** Of somebody who is gone nothing stays in memory. */
export function forgetMedia(ids: readonly string[]): void {
  for (const id of ids) {
    const address = shown.get(id)
    if (address) URL.revokeObjectURL(address)
    shown.delete(id)
  }
}

type Loaded = { state: 'loading' | 'failed' } | { state: 'ready'; address: string }

function useFile(id: string, isWanted: boolean): [Loaded, () => void] {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' })
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (!isWanted) return
    let over = false
    setLoaded({ state: 'loading' })
    void addressOf(id).then((address) => {
      if (!over) setLoaded(address === undefined ? { state: 'failed' } : { state: 'ready', address })
    })
    return () => {
      over = true
    }
  }, [id, isWanted, turn])
  return [loaded, () => setTurn(turn + 1)]
}

function Picture({ id, view }: { id: string; view: MediaView }) {
  const box = useRef<HTMLDivElement>(null)
  const [isSeen, setSeen] = useState(shown.has(id))
  useEffect(() => {
    if (isSeen || !box.current) return
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), {
      rootMargin: '400px',
    })
    watch.observe(box.current)
    return () => watch.disconnect()
  }, [isSeen])
  const [file, again] = useFile(id, isSeen)
  const alt = view.caption
    ? words.media.picture(view.caption)
    : words.media.alt[view.media === 'sticker' ? 'sticker' : 'image']
  return (
    <div ref={box} class="picture">
      {file.state === 'ready' && (
        <a href={file.address} target="_blank" rel="noopener" aria-label={words.media.open(alt)}>
          <img src={file.address} alt={alt} onError={again} />
        </a>
      )}
      {file.state === 'failed' && (
        <p class="small">
          {words.media.failed} <Button onClick={again}>{words.media.retry}</Button>
        </p>
      )}
    </div>
  )
}

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

/** Loaded when it is played; the length is known from then on. */
function Player({ id, view, size }: { id: string; view: MediaView; size: number | null }) {
  const [isWanted, setWanted] = useState(shown.has(id))
  const [length, setLength] = useState<number>()
  const [file, again] = useFile(id, isWanted)
  const kind = words.kinds[view.media]
  const known = (event: { currentTarget: HTMLMediaElement }) => setLength(event.currentTarget.duration)
  if (file.state === 'ready')
    return (
      <div class="player">
        {view.media === 'video' ? (
          // biome-ignore lint/a11y/useMediaCaption: a film of a person; nobody wrote captions for it.
          <video src={file.address} controls playsInline onLoadedMetadata={known} aria-label={kind} />
        ) : (
          // biome-ignore lint/a11y/useMediaCaption: a voice message has none.
          <audio src={file.address} controls onLoadedMetadata={known} aria-label={kind} />
        )}
        <p class="small">
          {kind} {length !== undefined && Number.isFinite(length) && clock(length)}
        </p>
      </div>
    )
  return (
    <div class="player">
      <Button
        busy={isWanted && file.state === 'loading'}
        onClick={() => (file.state === 'failed' ? again() : setWanted(true))}
      >
        <Mark name={view.media === 'video' ? 'send' : 'mic'} /> {words.media.play}
      </Button>
      <p class="small">
        {kind} {size !== null && bytes(size)} {file.state === 'failed' && words.media.failed}
      </p>
    </div>
  )
}

function Document({ id, name, size }: { id: string; name: string; size: number | null }) {
  const [state, setState] = useState<'still' | 'loading' | 'failed'>('still')
  const take = async () => {
    setState('loading')
    const address = await addressOf(id)
    setState(address === undefined ? 'failed' : 'still')
    if (address === undefined) return
    const link = document.createElement('a')
    link.href = address
    link.download = name
    link.click()
  }
  return (
    <button type="button" class="file-button" aria-busy={state === 'loading'} onClick={() => void take()}>
      <Mark name="file" size={28} />
      <span>
        <strong dir="auto">{name}</strong>
        <span class="small">
          {size !== null && bytes(size)} {state === 'failed' && words.media.failed}
        </span>
        <span class="unseen">{words.media.download(name)}</span>
      </span>
    </button>
  )
}
