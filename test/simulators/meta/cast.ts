// The fixed cast of every test and of the local demo: one app, two businesses, three consumers.
// Called by createMeta when no other world is given. All numbers and ids are invented.

import type { BusinessSetup, PersonSetup, TemplateSetup } from './options.ts'
import { defaultTemplates } from './templates-default.ts'

export const app = {
  appId: '401700800900100',
  appSecret: 'test_app_secret',
  verifyToken: 'test_verify_token',
} as const

// Ids of message templates leave the range that a JavaScript number keeps exactly, as Meta's do.
function templatesFrom(first: bigint): TemplateSetup[] {
  return defaultTemplates.map((template, index) => ({ ...template, id: String(first + BigInt(index) * 2n) }))
}

export const panaderia = {
  id: '501800900100200',
  name: 'Panaderia Sol',
  token: 'EAATESTTOKENpanaderia01',
  wabas: [
    {
      id: '201500300400500',
      name: 'Panaderia Sol',
      currency: 'EUR',
      numbers: [
        {
          id: '301600700800900',
          displayPhoneNumber: '+34 911 22 23 33',
          verifiedName: 'Panaderia Sol',
          pin: '123456',
          registered: true,
        },
      ],
      templates: templatesFrom(18901122334455661n),
      flows: [{ id: '801600700800900', name: 'book_a_cake', status: 'PUBLISHED' }],
      groups: [
        {
          id: 'Y2FwaV9ncm91cDpzb2w',
          numberId: '301600700800900',
          subject: 'Clientes del barrio',
          people: ['ana', 'mei'],
        },
      ],
    },
  ],
} satisfies BusinessSetup

export const monsoon = {
  id: '502900100200300',
  name: 'Monsoon Books',
  token: 'EAATESTTOKENmonsoon02',
  wabas: [
    {
      id: '202600400500600',
      name: 'Monsoon Books',
      currency: 'INR',
      numbers: [
        {
          id: '302700800900100',
          displayPhoneNumber: '+91 22 6100 0042',
          verifiedName: 'Monsoon Books',
          pin: '654321',
          registered: true,
        },
      ],
      templates: templatesFrom(18901122334466771n),
    },
  ],
} satisfies BusinessSetup

export const ana = {
  id: 'ana',
  name: 'Ana Ruiz',
  country: 'ES',
  phone: '34600111222',
  userIds: { '501800900100200': 'ES.7700112233445566', '502900100200300': 'ES.7700998877665544' },
} satisfies PersonSetup

export const ravi = {
  id: 'ravi',
  name: 'Ravi Menon',
  country: 'IN',
  phone: '919800011122',
  userIds: { '501800900100200': 'IN.6600112233445566', '502900100200300': 'IN.6600998877665544' },
} satisfies PersonSetup

/** Has adopted a username: businesses never see her phone number. */
export const mei = {
  id: 'mei',
  name: 'Mei Lin',
  country: 'SG',
  username: 'mei.lin',
  phone: '6580001122',
  hidesPhone: true,
  userIds: { '501800900100200': 'SG.5500112233445566', '502900100200300': 'SG.5500998877665544' },
} satisfies PersonSetup

export const businesses: BusinessSetup[] = [panaderia, monsoon]
export const people: PersonSetup[] = [ana, ravi, mei]
