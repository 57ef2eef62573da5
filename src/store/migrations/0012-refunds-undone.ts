import { type Kysely, sql } from 'kysely'

/**
 * A refund of Stars that Telegram would not make is undone in the house's account of payments, where
 * it was booked, and no longer among adjustments that somebody made.
 */
export const refundsUndone = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create or replace view ledger_postings as
      select e.id as entry_id, e.user_id, e.created_at, p.account, leg.sign * p.kopecks as kopecks
      from ledger_entries e
      cross join lateral (values (e.source, -1), (e.target, 1)) as leg (side, sign)
      cross join lateral (values
        (case leg.side
           when 'costs' then 'house:costs'
           when 'house' then 'house:' || case e.kind
             when 'top_up' then 'payments' when 'refund' then 'payments'
             when 'refund_undone' then 'payments'
             when 'bonus' then 'gifts' when 'cost' then 'provider'
             when 'capture' then 'sales' when 'sale_undone' then 'sales'
             else 'adjustments' end
           else leg.side end,
         case leg.side when 'available' then e.amount_kopecks - e.bonus_kopecks
                       else e.amount_kopecks end),
        ('bonus', case leg.side when 'available' then e.bonus_kopecks else 0 end)
      ) as p (account, kopecks)
      where p.kopecks <> 0`.execute(db)
  },
}
