// Puts the cast into the database the way onboarding does: through the Keeper, sealed.

import { env } from 'cloudflare:workers'
import { database, schema } from '../../db/client.ts'
import { keeperOf, loadEmailDigest, sealColumn } from '../../worker/custody/sealing.ts'
import { type Business, monsoon, sol } from './cast.ts'

/** The one owner of a business of the cast. */
export const ownerOf = (business: Business): string => `mem_${business.accountId.slice(4)}`
export const ownerEmailOf = (business: Business): string => `owner.${business.accountId.slice(4)}@example.com`

export async function seedBusiness(business: Business): Promise<void> {
  const db = database(env.DB)
  const keeper = keeperOf(env.KEEPER, business.accountId)
  const { account } = await keeper.resolve([])
  const sealed = (table: string, column: string, row: string, plain: string) =>
    sealColumn(account.seal, table, column, row, plain)
  await db.batch([
    db
      .insert(schema.accounts)
      .values({
        id: business.accountId,
        name: business.name,
        createdAt: 1,
      })
      .onConflictDoNothing(),
    db
      .insert(schema.members)
      .values({
        id: ownerOf(business),
        accountId: business.accountId,
        role: 'owner',
        createdAt: 1,
        emailDigest: await loadEmailDigest(env.KEEPER, ownerEmailOf(business)),
        email: await sealColumn(
          await keeper.keyFor(ownerOf(business)),
          'members',
          'email',
          ownerOf(business),
          ownerEmailOf(business),
        ),
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
