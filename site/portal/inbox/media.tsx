// Files of messages: pictures, sound, film, documents, and what to say while there is none. Loaded when they are looked at,
// through the API, never from elsewhere. Part of contents.tsx.

import { useEffect, useRef, useState } from 'preact/hooks'
import { bytes } from '../format.ts'
import { Button } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { retryMedia } from './acting.ts'
import { mediaAddress } from './api.ts'
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

/** From a little before it is seen. */
function useSeen() {
  const box = useRef<HTMLDivElement>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (isSeen || !box.current) return
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), {
      rootMargin: '400px',
    })
    watch.observe(box.current)
    return () => watch.disconnect()
  }, [isSeen])
  return { box, isSeen }
}

/** Its address, and another try when it could not be loaded. */
function useFile(id: string) {
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading')
  const [turn, setTurn] = useState(0)
  const again = () => {
    setState('loading')
    setTurn(turn + 1)
  }
  return {
    src: mediaAddress(id) + (turn > 0 ? `#${turn}` : ''),
    turn,
    state,
    again,
    loaded: () => setState('ready'),
    failed: () => setState('failed'),
  }
}

const FailedFile = ({ again }: { again: () => void }) => (
  <p class="small failed-file" role="status">
    {words.media.failed} <Button onClick={again}>{words.media.again}</Button>
  </p>
)

function Picture({ id, view }: { id: string; view: MediaView }) {
  const { box, isSeen } = useSeen()
  const file = useFile(id)
  const alt = view.caption
    ? words.media.picture(view.caption)
    : words.media.alt[view.media === 'sticker' ? 'sticker' : 'image']
  return (
    <div ref={box} class={`picture ${file.state}`}>
      {isSeen && file.state !== 'failed' && (
        <a href={file.src} target="_blank" rel="noopener" aria-label={words.media.open(alt)}>
          <img key={file.turn} src={file.src} alt={alt} onLoad={file.loaded} onError={file.failed} />
        </a>
      )}
      {file.state === 'failed' && <FailedFile again={file.again} />}
    </div>
  )
}

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

/** Its length is asked for when it is seen; the rest is loaded while it plays. */
function Player({ id, view, size }: { id: string; view: MediaView; size: number | null }) {
  const { box, isSeen } = useSeen()
  const file = useFile(id)
  const [length, setLength] = useState<number>()
  const kind = words.kinds[view.media]
  const props = {
    src: isSeen ? file.src : undefined,
    controls: true,
    preload: 'metadata' as const,
    'aria-label': kind,
    onError: () => isSeen && file.failed(),
    onLoadedMetadata: (event: { currentTarget: HTMLMediaElement }) => setLength(event.currentTarget.duration),
  }
  const long = length !== undefined && Number.isFinite(length) ? clock(length) : undefined
  return (
    <div ref={box} class="player">
      {file.state === 'failed' ? (
        <FailedFile again={file.again} />
      ) : view.media === 'video' ? (
        <video {...props} key={file.turn} playsInline />
      ) : (
        <audio {...props} key={file.turn} />
      )}
      <p class="small">{[kind, long, size === null ? undefined : bytes(size)].filter(Boolean).join(' · ')}</p>
    </div>
  )
}

const Document = ({ id, name, size }: { id: string; name: string; size: number | null }) => (
  <a class="file-button" href={mediaAddress(id, true)} download={name}>
    <Mark name="file" size={28} />
    <span>
      <strong dir="auto">{name}</strong>
      <span class="small">{size !== null && bytes(size)}</span>
      <span class="unseen">{words.media.download(name)}</span>
    </span>
  </a>
)
