import { sql } from 'kysely'
import { askedRows } from './asked.ts'
import type { Db } from './db.ts'
import { type FreeAsk, type FreeLeft, type FreeLimits, freeLeftOfRow } from './free.ts'
import type { Account } from './ledger.ts'
import { type Pauses, pausesOfRow } from './order-stops.ts'

/** Whose order it is, of what, and when it is asked about, Unix ms. */
export interface OrderAsk extends FreeAsk {
  modelId: string
}

/** What an order is judged by before it is offered at a price. */
export type OrderFacts = Omit<Account, 'user_id'> & Pauses & FreeLeft

/** What each order is judged by, in the same order, by one statement. */
export async function readOrderFacts(
  db: Db,
  asks: readonly OrderAsk[],
  limits: FreeLimits,
): Promise<OrderFacts[]> {
  const { rows } = await sql<OrderFacts>`
    select coalesce(a.available_kopecks, 0) as available_kopecks,
      coalesce(a.held_kopecks, 0) as held_kopecks, coalesce(a.bonus_kopecks, 0) as bonus_kopecks,
      p.*, f.*
    from ${askedRows({
      user_id: { type: 'bigint', values: asks.map(({ userId }) => userId) },
      model_id: { type: 'text', values: asks.map(({ modelId }) => modelId) },
      at: { type: 'float8', values: asks.map(({ at }) => at) },
    })}
    left join accounts a on a.user_id = o.user_id
    cross join lateral (${pausesOfRow}) p
    cross join lateral (${freeLeftOfRow(limits)}) f
    order by o.place`.execute(db)
  return rows
}
