// The script of /portal/numbers/connect: Meta's own window, a token by hand, accounts that wait for a number.

import { useLayoutEffect, useState } from 'preact/hooks'
import { mount } from '../mount.tsx'
import { LinkButton, Page } from '../ui/index.ts'
import { connect as words } from '../words/connect.ts'
import { Accounts } from './connect-accounts.tsx'
import type { Connected } from './connect-api.ts'
import { ByHand } from './connect-hand.tsx'
import { Outcome } from './connect-outcome.tsx'
import { MetaWindow } from './connect-window.tsx'

function Connect() {
  const [connected, setConnected] = useState<Connected>()
  useLayoutEffect(() => {
    if (connected) document.getElementById('outcome')?.focus()
  }, [connected])
  return (
    <Page
      title={words.title}
      lead={words.lead}
      narrow
      actions={
        <LinkButton href="/portal/numbers" kind="quiet" icon="back">
          {words.back}
        </LinkButton>
      }
    >
      {connected ? (
        <Outcome connected={connected} />
      ) : (
        <>
          <MetaWindow onConnected={setConnected} />
          <Accounts onConnected={setConnected} />
          <ByHand />
        </>
      )}
    </Page>
  )
}

void mount(Connect, { needs: 'numbers:write' })
