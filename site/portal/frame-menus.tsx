// The two menus of the frame: the workspace one is in, and oneself. Called by frame.tsx.

import { api, call, chooseWorkspace } from './client.ts'
import { stopLive } from './live.ts'
import { can, enterWorkspace, session } from './session.ts'
import { Menu, type MenuItem } from './ui/menu.tsx'
import { Avatar } from './ui/small.tsx'
import { frame as words } from './words/shell.ts'

const go = (href: string) => () => location.assign(href)

export function WorkspaceMenu() {
  const { workspace, workspaces = [] } = session.value ?? {}
  if (!workspace) return <span />
  const items: MenuItem[] = workspaces.map(({ id, name }) => ({
    label: name,
    checked: id === workspace.id,
    onSelect: () => (id === workspace.id ? undefined : enterWorkspace(id)),
  }))
  if (can('workspace:write'))
    items.push({ label: words.settings, icon: 'settings', onSelect: go('/portal/workspace') })
  items.push({ label: words.newWorkspace, icon: 'plus', onSelect: go('/portal/welcome?new') })
  return (
    <Menu class="workspace" label={words.workspace(workspace.name)} items={items}>
      <Avatar name={workspace.name} id={workspace.id} size="s" />
      <span class="name">{workspace.name}</span>
    </Menu>
  )
}

/** Out, and nothing of the workspace is left in this tab. */
export async function signOut(): Promise<void> {
  stopLive()
  await call(api.session.$delete())
  chooseWorkspace(null)
  location.replace('/portal/sign-in?why=left')
}

export function SessionMenu({ onHelp }: { onHelp: () => void }) {
  const { user, member } = session.value ?? {}
  const name = member?.name ?? member?.email?.split('@')[0] ?? words.unnamed
  const items: MenuItem[] = [
    { label: words.account, icon: 'desk', onSelect: go('/portal/account') },
    ...(can('keys') ? [{ label: words.keys, icon: 'key' as const, onSelect: go('/portal/keys') }] : []),
    { label: words.keyboard, icon: 'help', onSelect: onHelp },
    { label: words.signOut, icon: 'out', onSelect: () => void signOut() },
  ]
  return (
    <Menu class="self" label={`${words.session}: ${name}`} items={items}>
      <Avatar name={name} id={user?.id ?? ''} size="s" />
      <span class="name">{name}</span>
    </Menu>
  )
}
