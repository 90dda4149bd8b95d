// Everything this site keeps in a browser: cookies, and entries of its storage. The lists in the policy and on /cookies
// are made of it. test/site/honesty.test.ts finds what is set anywhere in the source and does not stand here.

export type Cookie = {
  name: string
  kind: 'cookie' | 'local storage' | 'session storage' | 'database'
  purpose: string
  /** In words: how long it stays in the browser. */
  life: string
  /** Without it, what was asked for cannot be done. */
  necessary: boolean
  /** Source files that set it. */
  setIn: string[]
}

/** Of the portal alone: whoever only reads gets none of it, and nothing is measured. */
export const cookies: readonly Cookie[] = [
  {
    name: '__Host-session',
    kind: 'cookie',
    purpose:
      'Keeps you signed in: a random number with its signature, which no script and no other site can read.',
    life: 'Until you sign out, or thirty days after you were last here.',
    necessary: true,
    setIn: ['worker/accounts/session-routes.ts', 'worker/signin/public-routes.ts'],
  },
  {
    name: 'workspace',
    kind: 'session storage',
    purpose: 'Which workspace this tab of the portal shows, for members of several: an id, no name.',
    life: 'Until the tab is closed, or its user signs out.',
    necessary: true,
    setIn: ['site/portal/client.ts'],
  },
]
