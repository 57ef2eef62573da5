import { type Kysely, sql } from 'kysely'

/** What people owe for Stars that went back after they were spent is kept from later top-ups. */
export const debts = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table payments add column debt_paid_kopecks bigint not null default 0
        constraint payments_debt_paid check (debt_paid_kopecks between 0 and debt_kopecks)`.execute(
      db,
    )
    await sql`
      comment on column payments.debt_paid_kopecks is
        'Part of the debt that was kept from later top-ups, as entries of the kind debt'`.execute(
      db,
    )
    await sql`
      create index payments_with_debt on payments (user_id)
        where debt_kopecks > debt_paid_kopecks`.execute(db)
    await sql`
      alter table ledger_entries
        drop constraint ledger_sides,
        add constraint ledger_sides check ((kind, source, target) in (
          ('top_up', 'house', 'available'),
          ('bonus', 'house', 'available'),
          ('credit', 'house', 'available'),
          ('debit', 'available', 'house'),
          ('debt', 'available', 'house'),
          ('refund', 'available', 'house'),
          ('refund_undone', 'house', 'available'),
          ('hold', 'available', 'held'),
          ('capture', 'held', 'house'),
          ('remainder', 'held', 'available'),
          ('release', 'held', 'available'),
          ('sale_undone', 'house', 'available'),
          ('cost', 'house', 'costs')))`.execute(db)
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
             when 'refund_undone' then 'payments' when 'debt' then 'payments'
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
