// The script of /portal/people: members and their roles, invitations, and what each role may do.

import { useState } from 'preact/hooks'
import { permissions, roles } from '../../../worker/accounts/permissions.ts'
import { api, call, type Result } from '../client.ts'
import { mount } from '../mount.tsx'
import type { Role, Scope } from '../session.ts'
import { Button, Failed, Page, Skeleton, useChanges, useResource } from '../ui/index.ts'
import { scopes as scopeWords, people as words } from '../words/people.ts'
import { type Invitation, Invitations } from './invitations.tsx'
import { Invite } from './invite.tsx'
import { type Member, Members } from './members.tsx'

/** More than a workspace has: the list is shown as one. */
const most = '200'

async function load(): Promise<Result<{ members: Member[]; invitations: Invitation[] }>> {
  const [members, invitations] = await Promise.all([
    call(api.members.$get({ query: { limit: most } })),
    call(api.invitations.$get({ query: { limit: most } })),
  ])
  if (!members.ok) return members
  if (!invitations.ok) return invitations
  return { ok: true, data: { members: members.data.data, invitations: invitations.data.data } }
}

function People() {
  const [inviting, setInviting] = useState(new URLSearchParams(location.search).has('invite'))
  const { state, data, problem, reload, set } = useResource(load, [])
  useChanges(['members'], () => void reload())
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button kind="main" icon="plus" onClick={() => setInviting(true)}>
          {words.invite}
        </Button>
      }
    >
      {state === 'loading' && <Skeleton rows={4} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <>
          <Members
            members={data.members}
            reload={() => void reload()}
            show={(members) => set((before) => ({ ...before, members }))}
          />
          <Invitations
            invitations={data.invitations}
            show={(invitations) => set((before) => ({ ...before, invitations }))}
            reload={() => void reload()}
          />
        </>
      )}
      <Roles />
      {inviting && <Invite onClose={() => setInviting(false)} onSent={() => void reload()} />}
    </Page>
  )
}

const scopesOf = (role: Role): Scope[] =>
  (Object.keys(permissions) as Scope[]).filter((scope) => permissions[scope].includes(role))

/** From the one table that the API reads too. */
const Roles = () => (
  <section>
    <h2>{words.rolesTitle}</h2>
    <div class="card roles">
      {(Object.keys(roles) as Role[]).map((role) => (
        <details key={role}>
          <summary>
            <strong>{roles[role].title}</strong> <span class="soft">{roles[role].about}</span>
          </summary>
          <ul>
            {scopesOf(role).map((scope) => (
              <li key={scope}>{scopeWords[scope]}</li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  </section>
)

void mount(People, { needs: 'members' })
