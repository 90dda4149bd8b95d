// The script of /portal/sign-in: an address and a code, or a passkey. The words are the same for every address.

import { useEffect, useRef, useState } from 'preact/hooks'
import { api, call } from '../client.ts'
import { mountOpen } from '../mount.tsx'
import { Button, Field, Input, sentenceOf, useTitle } from '../ui/index.ts'
import { signIn as words } from '../words/shell.ts'
import { Brand } from './brand.tsx'
import { CodeInput, codeDigits } from './code-input.tsx'
import { enterByPasskey, hasPasskeys } from './passkey.ts'

const query = new URLSearchParams(location.search)

/** Only pages of the portal: a link that was made by somebody else leads nowhere else. */
function onwards(): void {
  const to = new URL(query.get('to') ?? '/portal', location.origin)
  const own = to.origin === location.origin && /^\/portal(\/|$)/.test(to.pathname)
  location.replace(own ? to.pathname + to.search + to.hash : '/portal')
}

const why: Record<string, string> = { ended: words.ended, left: words.left }
const looksLikeMail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim())

/** The browser offers a passkey in the field for the address, without being asked. */
function useOffer(): () => void {
  const offered = useRef<AbortController>()
  useEffect(() => {
    const controller = new AbortController()
    offered.current = controller
    const offer = async () => {
      if (!hasPasskeys() || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return
      const { signal } = controller
      if ((await enterByPasskey({ mediation: 'conditional', signal })).ok) onwards()
    }
    void offer()
    return () => controller.abort()
  }, [])
  return () => offered.current?.abort()
}

function SignIn() {
  useTitle(words.title)
  const [email, setEmail] = useState('')
  const [asked, setAsked] = useState(false)
  return (
    <>
      <Brand />
      {asked ? (
        <GiveCode email={email} onOther={() => setAsked(false)} />
      ) : (
        <AskForCode email={email} setEmail={setEmail} onSent={() => setAsked(true)} />
      )}
    </>
  )
}

const requestCode = (email: string) =>
  call(api.public['sign-in'].codes.$post({ json: { email: email.trim() } }))

type AskProps = { email: string; setEmail: (email: string) => void; onSent: () => void }

function AskForCode({ email, setEmail, onSent }: AskProps) {
  const [busy, setBusy] = useState<'mail' | 'passkey'>()
  const [error, setError] = useState<string>()
  const [failed, setFailed] = useState<string>()
  const stopOffer = useOffer()
  const send = async () => {
    if (!looksLikeMail(email)) return setError(words.emailWrong)
    setBusy('mail')
    const sent = await requestCode(email)
    setBusy(undefined)
    if (sent.ok) return onSent()
    setError(sent.problem.status === 429 ? words.tooMany : sentenceOf(sent.problem))
  }
  const passkey = async () => {
    stopOffer()
    setBusy('passkey')
    const proven = await enterByPasskey()
    setBusy(undefined)
    if (proven.ok) onwards()
    else setFailed(proven.problem.code === 'offline' ? sentenceOf(proven.problem) : words.passkeyFailed)
  }
  const note = why[query.get('why') ?? '']
  return (
    <form
      class="door"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <div class="head">
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
      </div>
      {note && (
        <p class="notice" role="status">
          {note}
        </p>
      )}
      <Field label={words.email} error={error}>
        <Input
          type="email"
          name="email"
          value={email}
          autocomplete="username webauthn"
          maxLength={254}
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </Field>
      <Button kind="main" type="submit" busy={busy === 'mail'}>
        {words.send}
      </Button>
      {hasPasskeys() && (
        <>
          <p class="or">{words.or}</p>
          <Button icon="key" busy={busy === 'passkey'} onClick={() => void passkey()}>
            {words.passkey}
          </Button>
        </>
      )}
      {failed && (
        <p class="error" role="alert">
          {failed}
        </p>
      )}
      <p class="soft small">
        {words.fresh} <a href="/privacy">{words.privacy}</a>
      </p>
    </form>
  )
}

function GiveCode({ email, onOther }: { email: string; onOther: () => void }) {
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const [said, setSaid] = useState('')
  const enter = async (given: string) => {
    if (busy) return
    if (given.length < codeDigits) return setError(words.codeWrong)
    setBusy(true)
    const entered = await call(api.public['sign-in'].$post({ json: { email: email.trim(), code: given } }))
    if (entered.ok) return onwards()
    setBusy(false)
    const { code: reason, status } = entered.problem
    if (status === 429) setError(words.tooMany)
    else setError(reason === 'code_refused' ? words.refused : sentenceOf(entered.problem))
  }
  const again = async () => {
    const sent = await requestCode(email)
    setSaid(sent.ok ? words.sentAgain : '')
    setError(sent.ok ? undefined : sent.problem.status === 429 ? words.tooMany : sentenceOf(sent.problem))
  }
  return (
    <form
      class="door"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void enter(code)
      }}
    >
      <div class="head">
        <h1>{words.codeTitle}</h1>
        <p class="lead" role="status">
          {words.sent(email.trim())}
        </p>
      </div>
      <Field label={words.code} error={error}>
        <CodeInput value={code} onInput={setCode} onFull={(full) => void enter(full)} />
      </Field>
      <Button kind="main" type="submit" busy={busy}>
        {words.enter}
      </Button>
      <p role="status" class="small">
        {said}
      </p>
      <div class="links">
        <Button kind="quiet" onClick={() => void again()}>
          {words.again}
        </Button>
        <Button kind="quiet" onClick={onOther}>
          {words.other}
        </Button>
      </div>
    </form>
  )
}

mountOpen(SignIn)
