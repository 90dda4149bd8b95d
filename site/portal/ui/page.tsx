// The head of every screen of the portal: its one first heading, what there is to do, and its tabs.

import type { ComponentChildren } from 'preact'
import { useTitle } from './hooks.ts'

type PageProps = {
  title: string
  /** One sentence below the title. */
  lead?: ComponentChildren
  actions?: ComponentChildren
  tabs?: ComponentChildren
  children: ComponentChildren
  /** A column to read, instead of the whole width. */
  narrow?: boolean
}

export function Page({ title, lead, actions, tabs, children, narrow = false }: PageProps) {
  useTitle(title)
  return (
    <div class={narrow ? 'page narrow' : 'page'}>
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {actions && <div class="actions">{actions}</div>}
        {tabs}
      </header>
      {children}
    </div>
  )
}
