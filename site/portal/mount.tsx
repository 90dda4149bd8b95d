// Puts a screen into its page: the session first, then the frame around it. A page of Astro's is an empty shell whose script
// calls one of these two.

import { type ComponentType, render } from 'preact'
import { useEffect } from 'preact/hooks'
import { onCall, type Problem } from './client.ts'
import { Frame, Outlets } from './frame.tsx'
import { startLive, stopLive } from './live.ts'
import { can, loadSession, type Scope, session } from './session.ts'
import { listenForKeys } from './ui/hooks.ts'
import { Failed, NoAccess } from './ui/states.tsx'

type Options = {
  /** Without it the screen says that the role does not open it. */
  needs?: Scope
  /** For somebody who is a member of nothing yet. */
  homeless?: boolean
  /** Uses the whole window, without the measure of a page. */
  bare?: boolean
}

function root(): HTMLElement {
  const element = document.getElementById('portal')
  if (!element) throw new Error('the page has no #portal')
  return element
}

/** Where to come back to after signing in; never another site. */
const here = (): string => location.pathname + location.search + location.hash

function signedOut(why: 'ended' | ''): void {
  stopLive()
  const to = here() === '/portal' ? '' : `to=${encodeURIComponent(here())}`
  const query = [why && `why=${why}`, to].filter(Boolean).join('&')
  location.replace(`/portal/sign-in${query ? `?${query}` : ''}`)
}

async function stepUp(): Promise<boolean> {
  const { askForProof } = await import('./session/step-up.tsx')
  return askForProof()
}

/** For signed-in members: nobody else sees it. */
export async function mount(Screen: ComponentType, options: Options = {}): Promise<void> {
  onCall({ stepUp })
  const answer = await loadSession()
  if (!answer.ok)
    return answer.problem.status === 401 ? signedOut('') : showFailure(answer.problem, Screen, options)
  onCall({ signedOut: () => signedOut('ended') })
  if (!answer.data.workspace && !options.homeless) return location.replace('/portal/welcome')
  listenForKeys()
  if (answer.data.workspace) startLive()
  render(
    <Frame bare={options.bare}>
      <Standing Screen={Screen} needs={options.needs} workspace={answer.data.workspace?.id} />
    </Frame>,
    root(),
  )
}

type StandingProps = { Screen: ComponentType; needs: Scope | undefined; workspace: string | undefined }

/** Follows the session: a screen goes as soon as its scope is lost, and with it all that it showed; so does another workspace's. */
function Standing({ Screen, needs, workspace }: StandingProps) {
  const isHere = session.value?.workspace?.id === workspace
  useEffect(() => {
    if (!isHere) location.replace('/portal')
  }, [isHere])
  return isHere && (!needs || can(needs)) ? <Screen /> : <NoAccess />
}

function showFailure(problem: Problem, Screen: ComponentType, options: Options): void {
  const retry = () => void mount(Screen, options)
  addEventListener('online', retry, { once: true })
  render(
    <main id="content" class="alone">
      <Failed problem={problem} onRetry={retry} />
    </main>,
    root(),
  )
}

/** For pages before signing in. */
export function mountOpen(Screen: ComponentType): void {
  render(
    <>
      <main id="content" class="alone" tabIndex={-1}>
        <Screen />
      </main>
      <Outlets />
    </>,
    root(),
  )
}
