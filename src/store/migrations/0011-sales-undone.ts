import { type Kysely, sql } from 'kysely'

/**
 * What was paid for a job can be given back, once, as the money that it was: given money as given
 * money, own money as own. Until now it came back as a `credit`, which made own money of both.
 */
export const salesUndone = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table ledger_entries
        drop constraint ledger_sides,
        add constraint ledger_sides check ((kind, source, target) in (
          ('top_up', 'house', 'available'),
          ('bonus', 'house', 'available'),
          ('credit', 'house', 'available'),
          ('debit', 'available', 'house'),
          ('refund', 'available', 'house'),
          ('refund_undone', 'house', 'available'),
          ('hold', 'available', 'held'),
          ('capture', 'held', 'house'),
          ('remainder', 'held', 'available'),
          ('release', 'held', 'available'),
          ('sale_undone', 'house', 'available'),
          ('cost', 'house', 'costs'))),
        drop constraint ledger_bonus_part,
        add constraint ledger_bonus_part check (bonus_kopecks between 0 and amount_kopecks
          and (bonus_kopecks = 0 or kind in ('bonus', 'hold', 'capture', 'remainder', 'release',
            'sale_undone')))`.execute(db)

    await sql`
      create or replace function prepare_ledger_entry() returns trigger language plpgsql as $$
      declare
        open_kopecks bigint;
        open_bonus bigint;
      begin
        if new.kind in ('credit', 'debit', 'sale_undone')
            and (new.made_by is null or new.reason is null) then
          raise exception 'an adjustment says who made it and why'
            using errcode = 'check_violation', constraint = 'ledger_adjustment_explained';
        end if;
        new.bonus_kopecks := case new.kind when 'bonus' then new.amount_kopecks else 0 end;
        if new.kind = 'hold' or new.source = 'held' then
          -- Whoever moves held money of this account at the same time waits here.
          select bonus_kopecks into open_bonus
            from accounts where user_id = new.user_id for no key update;
        end if;
        if new.kind = 'hold' then
          new.bonus_kopecks := least(new.amount_kopecks, coalesce(open_bonus, 0));
        elsif new.source = 'held' then
          select sum(case kind when 'hold' then amount_kopecks else -amount_kopecks end),
              sum(case kind when 'hold' then bonus_kopecks else -bonus_kopecks end)
            into open_kopecks, open_bonus
            from ledger_entries
            where ref = new.ref and user_id = new.user_id
              and kind in ('hold', 'capture', 'remainder', 'release');
          -- Given money is spent first, so own money comes back first.
          new.bonus_kopecks := case new.kind
            when 'capture' then least(new.amount_kopecks, coalesce(open_bonus, 0))
            else greatest(0, new.amount_kopecks - coalesce(open_kopecks - open_bonus, 0)) end;
        elsif new.kind = 'sale_undone' then
          -- A credit under the number of a job is how it was given back before.
          select sum(case kind when 'capture' then amount_kopecks else -amount_kopecks end),
              sum(bonus_kopecks)
            into open_kopecks, open_bonus
            from ledger_entries
            where ref = new.ref and user_id = new.user_id and kind in ('capture', 'credit');
          if coalesce(open_kopecks, 0) < new.amount_kopecks then
            raise exception 'gives back more than was taken for %', new.ref
              using errcode = 'check_violation', constraint = 'ledger_within_capture';
          end if;
          new.bonus_kopecks := greatest(0, new.amount_kopecks - (open_kopecks - open_bonus));
        end if;
        return new;
      end $$`.execute(db)

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
