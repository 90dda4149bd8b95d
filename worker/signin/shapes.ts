// What the API says of signing in, stepping up and joining. The schemas parse requests, type answers and fill /openapi.json.

import type { Invitation } from '../accounts/invitations.ts'
import { ownedWorkspaceSchema } from '../accounts/session-shapes.ts'
import { roleSchema } from '../accounts/shapes.ts'
import { instant, isoTime, pageSchema, z } from '../ground/openapi.ts'
import type { Opened } from './join.ts'
import type { Arrived } from './sign-in.ts'

const email = z.email().max(254).openapi({ example: 'owner@example.com' })
const code = z.string().trim().min(6).max(32).describe('Six digits.').openapi({ example: '123456' })

export const codeBody = z.strictObject({ email }).openapi('SignInCodeRequest')
export const signInBody = z.strictObject({ email, code }).openapi('SignIn')
export const proofBody = z.strictObject({ code }).openapi('Proof')

export const codeSentSchema = z
  .object({ expiresAt: instant.describe('Until then the code is good, once.') })
  .openapi('CodeSent')

export const arrivedSchema = z
  .object({
    user: z.object({ id: z.string() }),
    workspaces: z.array(ownedWorkspaceSchema).describe('Empty for somebody who has just signed up.'),
  })
  .openapi('SignedIn')

export const ceremonySchema = z
  .object({
    options: z
      .record(z.string(), z.unknown())
      .describe('For navigator.credentials, as PublicKeyCredential.parse…OptionsFromJSON takes it.'),
    ticket: z.string().describe('Sent back with what the browser answered.'),
  })
  .openapi('PasskeyCeremony')

const answered = {
  ticket: z.string().regex(/^[\w.%~-]{1,300}$/, 'Not a ticket'),
  response: z.record(z.string(), z.unknown()).describe('The credential, as its toJSON() gives it.'),
}
export const passkeyAnswerBody = z.strictObject(answered).openapi('PasskeyAnswer')
export const newPasskeyBody = z
  .strictObject({ ...answered, name: z.string().trim().min(1).max(100).openapi({ example: 'Laptop' }) })
  .openapi('NewPasskey')
export const passkeyAddedSchema = z.object({ id: z.string(), name: z.string() }).openapi('PasskeyAdded')

export const provenSchema = z.object({ provenAt: instant }).openapi('Proven')

export const invitationBody = z.strictObject({ email, role: roleSchema }).openapi('NewInvitation')

export const invitationSchema = z
  .object({
    id: z.string().openapi({ example: 'inv_4c6e8g0j2m4p6r8t0w2y4a6c8e' }),
    email: z.string().nullable(),
    role: roleSchema,
    createdAt: instant,
    expiresAt: instant,
  })
  .openapi('Invitation')
export const invitationPage = pageSchema('InvitationPage', invitationSchema)

export const openInvitationSchema = z
  .object({
    workspace: z.string().openapi({ example: 'Panaderia Sol' }),
    role: roleSchema,
    email: z.string().describe('Masked: whoever has the link need not know the address.').openapi({
      example: 'n•••@example.com',
    }),
    expiresAt: instant,
  })
  .openapi('OpenInvitation')

export const tokenParam = z.object({
  token: z
    .string()
    .max(100)
    .openapi({ param: { name: 'token', in: 'path' }, example: 'the secret of the link' }),
})

export const arrivedView = ({ userId, workspaces }: Arrived) => ({ user: { id: userId }, workspaces })

export const invitationView = ({ id, address, role, createdAt, expiresAt }: Invitation) => ({
  id,
  email: address,
  role,
  createdAt: isoTime(createdAt),
  expiresAt: isoTime(expiresAt),
})

export const openInvitationView = ({ invitation, workspace }: Opened) => ({
  workspace,
  role: invitation.role,
  email: invitation.address.replace(/^(.).*(@[^@]*)$/u, '$1•••$2'),
  expiresAt: isoTime(invitation.expiresAt),
})
