// Puts the cast into the database the way onboarding does: through the Keeper, sealed.

import { env } from 'cloudflare:workers'
import { database, schema } from '../../db/client.ts'
import { keeperOf, sealColumn } from '../../worker/custody/sealing.ts'
import { type Business, monsoon, sol } from './cast.ts'

export async function seedBusiness(business: Business): Promise<void> {
  const db = database(env.DB)
  const { account } = await keeperOf(env.KEEPER, business.accountId).resolve([])
  const sealed = (table: string, column: string, row: string, plain: string) =>
    sealColumn(account.seal, table, column, row, plain)
  await db.batch([
    db
      .insert(schema.accounts)
      .values({
        id: business.accountId,
        name: business.name,
        createdAt: 1,
        ownerEmail: await sealed('accounts', 'owner_email', business.accountId, 'owner@example.com'),
      })
      .onConflictDoNothing(),
    db
      .insert(schema.wabas)
      .values({
        wabaId: business.wabaId,
        accountId: business.accountId,
        connectedAt: 1,
        token: await sealed('wabas', 'token', business.wabaId, business.token),
      })
      .onConflictDoNothing(),
    db
      .insert(schema.numbers)
      .values({
        id: business.numberId,
        accountId: business.accountId,
        wabaId: business.wabaId,
        phoneNumberId: business.phoneNumberId,
        connectedAt: 1,
        displayPhoneNumber: await sealed(
          'numbers',
          'display_phone_number',
          business.numberId,
          business.displayPhoneNumber,
        ),
        verifiedName: await sealed('numbers', 'verified_name', business.numberId, business.name),
      })
      .onConflictDoNothing(),
  ])
}

export const seedCast = () => Promise.all([seedBusiness(sol), seedBusiness(monsoon)])
