// CPU profiles of every isolate of one workerd, over its inspector: the Worker with its Durable Objects, and
// the isolates in which miniflare's D1, KV and queues run. Called by sections/profile.ts.

export interface Frame {
  /** Own name, or that of the runtime's state such as `(idle)`. */
  name: string
  /** Module the code is in; for native code that of its nearest caller. */
  url: string
  /** Line in that module, from 0; -1 where there is none. */
  line: number
  samples: number
}

export interface IsolateProfile {
  isolate: string
  frames: Frame[]
  /** Median time between two samples. */
  intervalMicros: number
  /** Source text by module name, for finding the file a line of the bundle came from. */
  sources: Map<string, string>
}

interface ProfileNode {
  id: number
  callFrame: { functionName: string; url: string; lineNumber: number }
  children?: number[]
}

interface Profile {
  nodes: ProfileNode[]
  samples?: number[]
  timeDeltas?: number[]
}

interface Reply {
  id?: number
  method?: string
  params?: { scriptId?: string; url?: string }
  result?: Record<string, unknown>
}

const intervalMicros = 500

/** One connection of the inspector's protocol. */
class Session {
  readonly scripts = new Map<string, string>()
  readonly isolate: string
  #socket: WebSocket
  #waiting = new Map<number, (result: Record<string, unknown>) => void>()
  #calls = 0

  private constructor(isolate: string, socket: WebSocket) {
    this.isolate = isolate
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Reply))
  }

  static async open(isolate: string, url: string): Promise<Session> {
    const socket = new WebSocket(url)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true })
      socket.addEventListener('error', () => reject(new Error(`no inspector at ${url}`)), { once: true })
    })
    return new Session(isolate, socket)
  }

  #receive(reply: Reply): void {
    const { scriptId, url } = reply.params ?? {}
    if (reply.method === 'Debugger.scriptParsed' && scriptId && url) this.scripts.set(url, scriptId)
    if (reply.id === undefined) return
    this.#waiting.get(reply.id)?.(reply.result ?? {})
    this.#waiting.delete(reply.id)
  }

  call(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    this.#calls += 1
    const id = this.#calls
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }

  close(): void {
    this.#socket.close()
  }
}

const medianOf = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? intervalMicros

/**
 * Counts samples rather than adding up time deltas: one thread serves all isolates, so the time between two
 * samples of an isolate is mostly that of others.
 */
function framesOf(profile: Profile): Frame[] {
  const parentOf = new Map<number, ProfileNode>()
  for (const node of profile.nodes) for (const child of node.children ?? []) parentOf.set(child, node)
  const counts = new Map<number, number>()
  for (const id of profile.samples ?? []) counts.set(id, (counts.get(id) ?? 0) + 1)
  return profile.nodes.flatMap((node) => {
    const samples = counts.get(node.id)
    if (samples === undefined) return []
    let owner: ProfileNode | undefined = node
    while (owner && owner.callFrame.url === '') owner = parentOf.get(owner.id)
    const { functionName } = node.callFrame
    const name = functionName || (node === owner ? '(anonymous)' : '(native)')
    const caller = owner && owner !== node ? ` in ${owner.callFrame.functionName || '(anonymous)'}` : ''
    return [
      {
        name: name + caller,
        url: owner?.callFrame.url ?? '',
        line: owner?.callFrame.lineNumber ?? -1,
        samples,
      },
    ]
  })
}

async function finish(session: Session): Promise<IsolateProfile> {
  const profile = (await session.call('Profiler.stop')).profile as Profile | undefined
  await session.call('Debugger.enable')
  const sources = new Map<string, string>()
  for (const [url, scriptId] of session.scripts) {
    const { scriptSource } = await session.call('Debugger.getScriptSource', { scriptId })
    if (typeof scriptSource === 'string') sources.set(url, scriptSource)
  }
  session.close()
  return {
    isolate: session.isolate,
    frames: profile ? framesOf(profile) : [],
    intervalMicros: medianOf(profile?.timeDeltas ?? []),
    sources,
  }
}

/** Profiles all isolates while `work` runs. */
export async function profileAll<T>(
  port: number,
  work: () => Promise<T>,
): Promise<{ result: T; isolates: IsolateProfile[] }> {
  const answer = await fetch(`http://127.0.0.1:${port}/json`)
  const listed = (await answer.json()) as { id: string; webSocketDebuggerUrl: string }[]
  const sessions = await Promise.all(
    listed.map(({ id, webSocketDebuggerUrl }) => Session.open(id, webSocketDebuggerUrl)),
  )
  for (const session of sessions) {
    await session.call('Profiler.enable')
    await session.call('Profiler.setSamplingInterval', { interval: intervalMicros })
    await session.call('Profiler.start')
  }
  const result = await work()
  const isolates: IsolateProfile[] = []
  for (const session of sessions) isolates.push(await finish(session))
  return { result, isolates }
}
