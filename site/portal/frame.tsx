// What stands around every screen of the portal: where to go, in which workspace, who is signed in, whether the line is up.

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { FrameHelp } from './frame-help.tsx'
import { SessionMenu, WorkspaceMenu } from './frame-menus.tsx'
import { type Line, line } from './live.ts'
import { can, type Scope, session } from './session.ts'
import { Confirmations } from './ui/confirm.tsx'
import { type Shortcut, useShortcuts } from './ui/hooks.ts'
import { Icon, type IconName } from './ui/icon.tsx'
import { Overlays } from './ui/overlay.tsx'
import { Toasts } from './ui/toast.tsx'
import { keyboard, line as lineWords, frame as words } from './words/shell.ts'

type Place = { icon: IconName & keyof typeof words; href: string; scope: Scope; key: string }

/** What the bottom bar of a phone shows comes first. */
const places: Place[] = [
  { icon: 'inbox', href: '/portal/inbox', scope: 'conversations:read', key: 'i' },
  { icon: 'contacts', href: '/portal/contacts', scope: 'conversations:read', key: 'c' },
  { icon: 'templates', href: '/portal/templates', scope: 'templates:read', key: 't' },
  { icon: 'numbers', href: '/portal/numbers', scope: 'numbers:read', key: 'n' },
  { icon: 'people', href: '/portal/people', scope: 'members', key: 'p' },
  { icon: 'privacy', href: '/portal/privacy', scope: 'deletions', key: 'r' },
]

const isHere = (href: string): boolean =>
  location.pathname === href || location.pathname.startsWith(`${href}/`)

const openPlaces = (): Place[] => places.filter(({ scope }) => can(scope))

/** The first page of whoever is signed in. */
export const firstPlace = (): string => openPlaces()[0]?.href ?? '/portal/account'

const Places = () => (
  <ul>
    {openPlaces().map(({ icon, href }) => (
      <li key={href}>
        <a href={href} aria-current={isHere(href) ? 'page' : undefined}>
          <Icon name={icon} size={22} />
          <span>{words[icon]}</span>
        </a>
      </li>
    ))}
  </ul>
)

const shownLine: Record<Line, string> = { connecting: 'quiet', live: 'good', waiting: 'warn', offline: 'bad' }

/** Said aloud only when it is bad news, or good again. */
const LineState = () =>
  session.value?.workspace ? (
    <p class={`line ${shownLine[line.value]}`} role="status">
      {line.value !== 'connecting' && <span>{lineWords[line.value]}</span>}
    </p>
  ) : null

const goTo: Shortcut[] = places.map(({ icon, href, scope, key }) => ({
  keys: `g ${key}`,
  label: keyboard.go(words[icon] as string),
  group: keyboard.anywhere,
  run: () => {
    if (can(scope)) location.assign(href)
  },
}))

/** What any page may show over itself. */
export const Outlets = () => (
  <>
    <Overlays />
    <Confirmations />
    <Toasts />
  </>
)

export function Frame({
  children,
  bare = false,
}: {
  children: ComponentChildren
  bare?: boolean | undefined
}) {
  const [help, setHelp] = useState(false)
  useShortcuts([
    { keys: '?', label: keyboard.help, group: keyboard.anywhere, run: () => setHelp(true) },
    ...goTo.filter((_, at) => can((places[at] as Place).scope)),
  ])
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <div class="frame">
        <header class="rail">
          <WorkspaceMenu />
          <nav aria-label={words.navigation}>
            <Places />
          </nav>
          <LineState />
          <SessionMenu onHelp={() => setHelp(true)} />
        </header>
        <main id="content" class={bare ? 'bare' : undefined} tabIndex={-1}>
          {children}
        </main>
      </div>
      {help && <FrameHelp onClose={() => setHelp(false)} />}
      <Outlets />
    </>
  )
}
