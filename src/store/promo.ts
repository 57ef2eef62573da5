import type { Db } from './db.ts'
import { bookMovements } from './ledger.ts'

export interface NewPromo {
  code: string
  /** Either money or free generations. */
  kopecks: number
  free: number
  limit: number
  expiresAt: Date | null
  madeBy: number
}

/** Makes a promo code; false: there is one of this name. */
export async function createPromo(db: Db, promo: NewPromo): Promise<boolean> {
  const made = await db
    .insertInto('promo_codes')
    .values({
      code: promo.code,
      kopecks: promo.kopecks,
      free: promo.free,
      uses_limit: promo.limit,
      expires_at: promo.expiresAt,
      created_by: promo.madeBy,
    })
    .onConflict((oc) => oc.column('code').doNothing())
    .returning('code')
    .executeTakeFirst()
  return made !== undefined
}

export type PromoRefusal = 'unknown' | 'expired' | 'usedUp' | 'yours'
export type Redeemed = { kopecks: number; free: number } | { refused: PromoRefusal }

/**
 * Redeems a code, once per user and as often as it allows. `ref` is the identity of the request: the
 * same again says what the first one got.
 */
export function redeemPromo(
  db: Db,
  { code, userId, ref, now }: { code: string; userId: number; ref: string; now: Date },
): Promise<Redeemed> {
  return db.transaction().execute(async (tx) => {
    // Everybody who redeems this code waits here.
    const promo = await tx
      .selectFrom('promo_codes')
      .selectAll()
      .where('code', '=', code)
      .forUpdate()
      .executeTakeFirst()
    if (promo === undefined) return { refused: 'unknown' }
    const { kopecks, free } = promo
    const use = await tx
      .selectFrom('promo_uses')
      .select('ref')
      .where('code', '=', code)
      .where('user_id', '=', userId)
      .executeTakeFirst()
    if (use !== undefined) return use.ref === ref ? { kopecks, free } : { refused: 'yours' }
    if (promo.expires_at !== null && promo.expires_at <= now) return { refused: 'expired' }
    if (promo.used >= promo.uses_limit) return { refused: 'usedUp' }
    await tx
      .updateTable('promo_codes')
      .set((eb) => ({ used: eb('used', '+', 1) }))
      .where('code', '=', code)
      .execute()
    await tx.insertInto('promo_uses').values({ code, user_id: userId, ref }).execute()
    const grant = `${code}:${userId}`
    if (kopecks > 0) {
      await bookMovements(tx, [{ userId, kind: 'bonus', ref: `promo:${grant}`, kopecks }])
    } else {
      const values = { user_id: userId, kind: 'promo' as const, ref: grant, amount: free }
      await tx.insertInto('free_grants').values(values).execute()
    }
    return { kopecks, free }
  })
}

/** A promo code and how often it was used. */
export interface PromoUse {
  code: string
  kopecks: number
  free: number
  used: number
  limit: number
  expiresAt: Date | null
}

/** The newest promo codes. */
export async function readPromos(db: Db, most: number): Promise<PromoUse[]> {
  const rows = await db
    .selectFrom('promo_codes')
    .select(['code', 'kopecks', 'free', 'used', 'uses_limit', 'expires_at'])
    .orderBy('created_at', 'desc')
    .limit(most)
    .execute()
  return rows.map(({ uses_limit: limit, expires_at: expiresAt, ...rest }) => ({
    ...{ ...rest, limit, expiresAt },
  }))
}

/** Ends a promo code now; false: there is none of this name, or it is over. */
export async function endPromo(db: Db, code: string, now: Date): Promise<boolean> {
  const ended = await db
    .updateTable('promo_codes')
    .set({ expires_at: now })
    .where('code', '=', code)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .returning('code')
    .executeTakeFirst()
  return ended !== undefined
}
