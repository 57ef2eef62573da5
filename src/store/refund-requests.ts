import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { RefundRequestRow } from './schema.ts'
import type { StoredPayment } from './topups.ts'

export type RefundRequest = Selectable<RefundRequestRow>

/**
 * Notes that a user wants a payment back; false when such a request is open already. One that was
 * decided before is opened again: it was declined, or Telegram refused to give the Stars back.
 */
export async function openRefundRequest(
  db: Db,
  { charge_id, user_id }: Pick<StoredPayment, 'charge_id' | 'user_id'>,
): Promise<boolean> {
  const row = await db
    .insertInto('refund_requests')
    .values({ charge_id, user_id, state: 'open', decided_by: null, decided_at: null })

    .onConflict((oc) =>
      oc
        .column('charge_id')
        .doUpdateSet({
          state: 'open',
          decided_by: null,
          decided_at: null,
          asked_at: sql<Date>`now()`,
        })
        .where('refund_requests.state', '<>', 'open'),
    )
    .returning('charge_id')
    .executeTakeFirst()
  return row !== undefined
}

/** Open requests with their payments, oldest first. */
export const readRefundRequests = (db: Db, limit: number, offset = 0): Promise<StoredPayment[]> =>
  db
    .selectFrom('refund_requests as r')
    .innerJoin('payments as p', 'p.charge_id', 'r.charge_id')
    .selectAll('p')
    .where('r.state', '=', 'open')
    .orderBy('r.asked_at')
    .limit(limit)
    .offset(offset)
    .execute()

/** Closes a request if there is an open one; returns it as it is then. */
export async function closeRefundRequest(
  db: Db,
  chargeId: string,
  decision: { state: 'granted' | 'declined'; by: number; at: Date },
): Promise<RefundRequest | undefined> {
  await db
    .updateTable('refund_requests')
    .set({ state: decision.state, decided_by: decision.by, decided_at: decision.at })
    .where('charge_id', '=', chargeId)
    .where('state', '=', 'open')
    .execute()
  return readRefundRequest(db, chargeId)
}

export const readRefundRequest = (db: Db, chargeId: string): Promise<RefundRequest | undefined> =>
  db.selectFrom('refund_requests').selectAll().where('charge_id', '=', chargeId).executeTakeFirst()

/** A user's newest payments that are on the account and that no open request asks back. */
export const readRefundable = (db: Db, userId: number, limit: number): Promise<StoredPayment[]> =>
  db
    .selectFrom('payments as p')
    .leftJoin('refund_requests as r', 'r.charge_id', 'p.charge_id')
    .selectAll('p')
    .where('p.user_id', '=', userId)
    .where('p.state', '=', 'credited')
    .where((eb) => eb.or([eb('r.charge_id', 'is', null), eb('r.state', '<>', 'open')]))
    .orderBy('p.created_at', 'desc')
    .limit(limit)
    .execute()
