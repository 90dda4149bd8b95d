// The script of /portal/privacy: one page, a view for each thing, named in the address so that it can be linked.

import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { mount } from '../mount.tsx'
import type { Scope } from '../session.ts'
import { can, NoAccess, Page, Tabs } from '../ui/index.ts'
import { privacy as words } from '../words/privacy.ts'
import { Agreement } from './agreement.tsx'
import { Audit } from './audit.tsx'
import { Deletions } from './deletions.tsx'
import { DataMap } from './map.tsx'
import { Requests } from './requests.tsx'
import { Retention } from './retention.tsx'
import { Subprocessors } from './subprocessors.tsx'
import { Workspace } from './workspace.tsx'

type View = keyof typeof words.tabs

const views: Record<View, { scope: Scope; Shown: ComponentType }> = {
  requests: { scope: 'deletions', Shown: Requests },
  deletions: { scope: 'deletions', Shown: Deletions },
  retention: { scope: 'privacy', Shown: Retention },
  map: { scope: 'privacy', Shown: DataMap },
  audit: { scope: 'audit', Shown: Audit },
  agreement: { scope: 'privacy', Shown: Agreement },
  subprocessors: { scope: 'deletions', Shown: Subprocessors },
  workspace: { scope: 'privacy', Shown: Workspace },
}

const viewIn = (hash: string): View => {
  const name = hash.slice(1)
  return Object.hasOwn(views, name) ? (name as View) : 'requests'
}

function Privacy() {
  const [view, setView] = useState(viewIn(location.hash))
  useEffect(() => {
    const hear = () => setView(viewIn(location.hash))
    addEventListener('hashchange', hear)
    return () => removeEventListener('hashchange', hear)
  }, [])
  const go = (to: View) => {
    history.replaceState(null, '', `#${to}`)
    setView(to)
  }
  const tabs = (Object.keys(views) as View[])
    .filter((id) => can(views[id].scope))
    .map((id) => ({ id, label: words.tabs[id] }))
  const { scope, Shown } = views[view]
  return (
    <Page
      title={words.title}
      lead={words.lead}
      tabs={<Tabs tabs={tabs} value={view} onChange={go} label={words.title} />}
    >
      {can(scope) ? <Shown /> : <NoAccess />}
    </Page>
  )
}

void mount(Privacy, { needs: 'deletions' })
