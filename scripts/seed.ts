// Opens the two demo workspaces and connects their numbers, through the same doors an operator and a business use.
// Called by start.ts and by tests that need a whole stack. Idempotent over `.local/demo.json`.

export type DemoWorkspace = {
  id: string
  name: string
  ownerEmail: string
  apiKey: string
  wabaId: string
  phoneNumberId: string
  displayPhoneNumber: string
}
export type Demo = {
  gateway: string
  meta: string
  verifyToken: string
  appSecret: string
  appId: string
  workspaces: DemoWorkspace[]
}

export type SeedBusiness = {
  /** Whether requests of its contacts are let through at once; it decides about them otherwise. */
  letsThrough?: boolean
  name: string
  ownerEmail: string
  token: string
  wabaId: string
  phoneNumberId: string
  displayPhoneNumber: string
}

async function call<T>(method: 'POST' | 'PUT', url: string, key: string, body: unknown): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok)
    throw new Error(`${new URL(url).pathname} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

export async function seedWorkspace(
  gateway: string,
  operatorKey: string,
  business: SeedBusiness,
): Promise<DemoWorkspace> {
  const { name, ownerEmail, wabaId, phoneNumberId, displayPhoneNumber, token } = business
  const opened = await call<{ id: string; apiKey: string }>(
    'POST',
    `${gateway}/api/v1/operator/workspaces`,
    operatorKey,
    { name, ownerEmail },
  )
  await call('POST', `${gateway}/api/v1/numbers`, opened.apiKey, {
    wabaId,
    phoneNumberId,
    accessToken: token,
  })
  if (business.letsThrough)
    await call('PUT', `${gateway}/api/v1/request-rules`, opened.apiKey, { letThrough: 'at_once' })
  return { id: opened.id, name, ownerEmail, apiKey: opened.apiKey, wabaId, phoneNumberId, displayPhoneNumber }
}
