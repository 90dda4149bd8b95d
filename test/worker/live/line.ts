// A browser's line to the feed, for tests: what it heard, in order, and waiting for the next word. Called by the tests of live.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { app } from '../api/stage.ts'

export type Word = { type: string; seq: number; epoch?: string; changes?: { kind: string }[] }

export class Line {
  readonly #socket: WebSocket
  readonly #heard: Word[] = []
  #closed: number | undefined
  #wake = () => {}

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      this.#heard.push(data === 'pong' ? { type: 'pong', seq: -1 } : (JSON.parse(data as string) as Word))
      this.#wake()
    })
    socket.addEventListener('close', ({ code }) => {
      this.#closed = code
      this.#wake()
    })
    socket.accept()
  }

  /** The next word. Waits for it; a test that waits in vain ends by its own time-out. */
  async next(): Promise<Word> {
    for (;;) {
      const word = this.#heard.shift()
      if (word) return word
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** The code it was closed with. */
  async end(): Promise<number> {
    while (this.#closed === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.#closed
  }

  /** Everything that has come by now: asks for a word that comes after all the others. */
  async all(): Promise<Word[]> {
    this.#socket.send('ping')
    const words: Word[] = []
    for (;;) {
      const word = await this.next()
      if (word.type === 'pong') return words
      words.push(word)
    }
  }

  say(text: string): void {
    this.#socket.send(text)
  }

  cut(): void {
    this.#socket.close(1000, 'cut')
  }
}

export type Caller = { key?: string; headers?: Record<string, string>; query?: string }

export const knock = ({ key, headers = {}, query = '' }: Caller): Promise<Response> =>
  app.fetch(
    new Request(`https://gateway.test/api/v1/live${query}`, {
      headers: {
        upgrade: 'websocket',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
    }),
    env,
    createExecutionContext(),
  ) as Promise<Response>

export async function listen(caller: Caller): Promise<Line> {
  const answer = await knock(caller)
  if (!answer.webSocket) throw new Error(`no line: ${answer.status}`)
  return new Line(answer.webSocket)
}
