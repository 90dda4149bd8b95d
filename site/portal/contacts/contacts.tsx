// The script of /portal/contacts: find people, look at one of them. What is chosen stands in the address, so that it can be
// passed on and come back to.

import { useEffect, useState } from 'preact/hooks'
import { mount } from '../mount.tsx'
import { Button, can, LinkButton, Page, Tabs, toast } from '../ui/index.ts'
import { restricted, contacts as words } from '../words/contacts.ts'
import { List } from './list.tsx'
import { ContactPanel } from './panel.tsx'
import { Restricted } from './restricted.tsx'

type View = 'all' | 'restricted'

const asked = () => new URLSearchParams(location.search)

/** The address follows what is shown; going back shows what was there before. */
function show(params: Record<string, string | undefined>): void {
  const query = asked()
  for (const [name, value] of Object.entries(params)) {
    if (value) query.set(name, value)
    else query.delete(name)
  }
  history.pushState(null, '', `${location.pathname}${query.size > 0 ? `?${query}` : ''}`)
}

function Contacts() {
  const [chosen, setChosen] = useState(asked().get('id'))
  const [view, setView] = useState<View>(asked().get('view') === 'restricted' ? 'restricted' : 'all')
  useEffect(() => {
    const back = () => {
      setChosen(asked().get('id'))
      setView(asked().get('view') === 'restricted' ? 'restricted' : 'all')
    }
    addEventListener('popstate', back)
    return () => removeEventListener('popstate', back)
  }, [])
  const choose = (id: string | null) => {
    show({ id: id ?? undefined })
    setChosen(id)
  }
  const turnTo = (to: View) => {
    show({ view: to === 'all' ? undefined : to, id: undefined })
    setChosen(null)
    setView(to)
  }
  const tabs = can('deletions') && (
    <Tabs
      label={words.title}
      tabs={[
        { id: 'all', label: words.title },
        { id: 'restricted', label: restricted.title },
      ]}
      value={view}
      onChange={turnTo}
    />
  )
  return (
    <Page title={words.title} lead={words.lead} actions={can('contacts:write') && <Ways />} tabs={tabs}>
      {view === 'restricted' ? <Restricted /> : <Split chosen={chosen} choose={choose} />}
    </Page>
  )
}

const Ways = () => (
  <>
    <LinkButton href="/portal/contacts/fields">{words.fields}</LinkButton>
    <LinkButton href="/portal/contacts/import" kind="main" icon="plus">
      {words.import}
    </LinkButton>
  </>
)

type SplitProps = { chosen: string | null; choose: (id: string | null) => void }

function Split({ chosen, choose }: SplitProps) {
  const gone = () => {
    toast({ text: words.gone })
    choose(null)
  }
  return (
    <div class={chosen ? 'people-split chosen' : 'people-split'}>
      <div class="people-side">
        <List chosen={chosen} onChoose={choose} />
      </div>
      {chosen && (
        <div class="card">
          <div class="people-back">
            <Button kind="quiet" icon="back" onClick={() => choose(null)}>
              {words.back}
            </Button>
          </div>
          <ContactPanel contactId={chosen} whole onGone={gone} />
        </div>
      )}
    </div>
  )
}

void mount(Contacts, { needs: 'conversations:read' })
