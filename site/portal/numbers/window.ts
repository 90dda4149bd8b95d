// Meta's window: its script, what it says, and when it is over. Two halves come, in any order, and the second may never: the
// code by the script, the ids by a message of the window. Called by connect.tsx. Source: Embedded Signup (Meta).

export type Attempt = {
  state: string
  appId: string
  configId: string
  sdkUrl: string
  graphVersion: string
  expiresAt: string
}

export type Ending =
  | { kind: 'code'; code: string; wabaId?: string; phoneNumberId?: string; coexistence: boolean }
  | { kind: 'cancelled'; step: string | undefined }
  | { kind: 'failed'; id: string | undefined }
  | { kind: 'closed' }

type LoginAnswer = { authResponse?: { code?: string } | null }
type Sdk = {
  init(options: object): void
  login(callback: (answer: LoginAnswer) => void, options: object): void
}
declare global {
  interface Window {
    FB?: Sdk
  }
}

const meta = 'https://connect.facebook.net'

/** Of Meta, exactly: `https://evilfacebook.com` ends in facebook.com, too. Where Meta is simulated, of the simulator alone. */
export function isMetaOrigin(origin: string, sdkUrl: string): boolean {
  const sdk = new URL(sdkUrl).origin
  if (sdk !== meta) return origin === sdk
  const url = URL.parse(origin)
  if (url?.protocol !== 'https:' || url.port !== '') return false
  return url.hostname === 'facebook.com' || url.hostname.endsWith('.facebook.com')
}

type News = { event: string; data: Record<string, unknown> }

/** Text or object, as the window likes; undefined for anything else that is posted. */
export function parseNews(posted: unknown): News | undefined {
  let value = posted
  try {
    if (typeof posted === 'string') value = JSON.parse(posted)
  } catch {
    return undefined
  }
  const news = (value ?? {}) as { type?: unknown; event?: unknown; data?: unknown }
  if (news.type !== 'WA_EMBEDDED_SIGNUP' || typeof news.event !== 'string') return undefined
  return { event: news.event, data: (news.data ?? {}) as Record<string, unknown> }
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : undefined

/** What the two halves say together. `code`: undefined when the script gave none. */
export function endingOf(code: string | undefined, news: News | undefined): Ending {
  if (code !== undefined) {
    const wabaId = text(news?.data.waba_id)
    const phoneNumberId = text(news?.data.phone_number_id)
    const coexistence = news?.event === 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING'
    return {
      kind: 'code',
      code,
      coexistence,
      ...(wabaId === undefined ? {} : { wabaId }),
      ...(phoneNumberId === undefined ? {} : { phoneNumberId }),
    }
  }
  if (news?.event === 'ERROR' || news?.data.error_message !== undefined)
    return { kind: 'failed', id: text(news.data.error_id) }
  if (news?.event === 'CANCEL') return { kind: 'cancelled', step: text(news.data.current_step) }
  return { kind: 'closed' }
}

let loading: Promise<boolean> | undefined

/** False when it could not be loaded. Once for a page, unless it failed. */
export function loadSdk({ sdkUrl, appId, graphVersion }: Attempt): Promise<boolean> {
  loading ??= new Promise<boolean>((resolve) => {
    const script = document.createElement('script')
    script.src = sdkUrl
    script.async = true
    script.addEventListener('load', () => {
      // Nothing of ours is told to Meta beyond what the window needs: no events, no cookie, no status.
      window.FB?.init({
        appId,
        version: graphVersion,
        autoLogAppEvents: false,
        xfbml: false,
        cookie: false,
        status: false,
      })
      resolve(window.FB !== undefined)
    })
    script.addEventListener('error', () => {
      script.remove()
      resolve(false)
    })
    document.head.appendChild(script)
  }).then((loaded) => {
    if (!loaded) loading = undefined
    return loaded
  })
  return loading
}

/** So long the second half is waited for: a code is good for thirty seconds. */
const graceMs = 1_000

/**
 * Called in the very press of the button, with nothing awaited before, or the browser blocks the window. Resolves once, when
 * the window is over.
 */
export function openWindow({ configId, sdkUrl }: Attempt, shared: boolean): Promise<Ending> {
  return new Promise((resolve) => {
    let news: News | undefined
    let heard: () => void = () => undefined
    const hear = (event: MessageEvent) => {
      if (!isMetaOrigin(event.origin, sdkUrl)) return
      const parsed = parseNews(event.data)
      if (!parsed) return
      news = parsed
      heard()
    }
    addEventListener('message', hear)
    const end = (code: string | undefined) => {
      const finish = () => {
        removeEventListener('message', hear)
        resolve(endingOf(code, news))
      }
      if (news) return finish()
      const timer = setTimeout(finish, graceMs)
      heard = () => {
        clearTimeout(timer)
        finish()
      }
    }
    window.FB?.login((answer) => end(answer.authResponse?.code ?? undefined), {
      config_id: configId,
      response_type: 'code',
      override_default_response_type: true,
      extras: { setup: {}, ...(shared ? { featureType: 'whatsapp_business_app_onboarding' } : {}) },
    })
  })
}
