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
  name: string
  ownerEmail: string
  token: string
  wabaId: string
  phoneNumberId: string
  displayPhoneNumber: string
}

async function post<T>(url: string, key: string, body: unknown): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST',
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
  const opened = await post<{ id: string; apiKey: string }>(
    `${gateway}/api/v1/operator/workspaces`,
    operatorKey,
    { name, ownerEmail },
  )
  await post(`${gateway}/api/v1/numbers`, opened.apiKey, { wabaId, phoneNumberId, accessToken: token })
  return { id: opened.id, name, ownerEmail, apiKey: opened.apiKey, wabaId, phoneNumberId, displayPhoneNumber }
}
