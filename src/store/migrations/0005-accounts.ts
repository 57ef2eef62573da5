import { type Kysely, sql } from 'kysely'

/**
 * Given money beside own money, adjustments with who and why, and the accounts of the house. Of each
 * amount a part may be given money; the database alone decides which: it is spent first, and what
 * comes back goes where it came from.
 */
export const accounts = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table accounts add column bonus_kopecks bigint not null default 0
        constraint accounts_bonus_not_negative check (bonus_kopecks >= 0)`.execute(db)
    await sql`
      alter table ledger_entries
        add column bonus_kopecks bigint not null default 0,
        add column made_by bigint,
        add column reason text check (length(reason) between 1 and 500),
        add constraint ledger_bonus_part check (bonus_kopecks between 0 and amount_kopecks
          and (bonus_kopecks = 0 or kind in ('bonus', 'hold', 'capture', 'remainder', 'release'))),
        drop constraint ledger_sides,
        add constraint ledger_sides check ((kind, source, target) in (
          ('top_up', 'house', 'available'),
          ('bonus', 'house', 'available'),
          ('credit', 'house', 'available'),
          ('debit', 'available', 'house'),
          ('refund', 'available', 'house'),
          ('hold', 'available', 'held'),
          ('capture', 'held', 'house'),
          ('remainder', 'held', 'available'),
          ('release', 'held', 'available'),
          ('cost', 'house', 'costs')))`.execute(db)
    await sql`
      comment on column ledger_entries.bonus_kopecks is
        'Part of the amount that is given money; set by a trigger, whatever was inserted'`.execute(
      db,
    )

    await sql`
      create function prepare_ledger_entry() returns trigger language plpgsql as $$
      declare
        open_kopecks bigint;
        open_bonus bigint;
      begin
        if new.kind in ('credit', 'debit') and (new.made_by is null or new.reason is null) then
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
        end if;
        return new;
      end $$`.execute(db)
    await sql`
      create trigger ledger_prepares before insert on ledger_entries
        for each row execute function prepare_ledger_entry()`.execute(db)

    await sql`
      create or replace function apply_ledger_entry() returns trigger language plpgsql as $$
      declare
        open_kopecks bigint;
        own_kopecks bigint := new.amount_kopecks - new.bonus_kopecks;
      begin
        update accounts set
          available_kopecks = available_kopecks
            + case 'available' when new.target then own_kopecks
                               when new.source then -own_kopecks else 0 end,
          bonus_kopecks = bonus_kopecks
            + case 'available' when new.target then new.bonus_kopecks
                               when new.source then -new.bonus_kopecks else 0 end,
          held_kopecks = held_kopecks
            + case 'held' when new.target then new.amount_kopecks
                          when new.source then -new.amount_kopecks else 0 end
          where user_id = new.user_id and new.kind <> 'cost';
        if new.source = 'held' then
          select sum(case kind when 'hold' then amount_kopecks else -amount_kopecks end)
            into open_kopecks
            from ledger_entries
            where ref = new.ref and user_id = new.user_id
              and kind in ('hold', 'capture', 'remainder', 'release');
          if open_kopecks is null or open_kopecks < 0 then
            raise exception 'settles more than the hold of %', new.ref
              using errcode = 'check_violation', constraint = 'ledger_within_hold';
          end if;
        end if;
        return null;
      end $$`.execute(db)

    // A job that has ended leaves nothing of its hold behind.
    await sql`
      create or replace function check_job_money() returns trigger language plpgsql as $$
      declare
        job jobs%rowtype;
        needs text;
        kinds text[];
        open_kopecks bigint;
      begin
        select * into job from jobs where id = new.id;
        if job.price_kopecks = 0 then return null; end if;
        needs := case job.status when 'delivered' then case when job.courtesy then 'release' else 'capture' end
                                 when 'failed' then 'release' else 'hold' end;
        select array_agg(kind), sum(case kind when 'hold' then amount_kopecks else -amount_kopecks end)
          into kinds, open_kopecks
          from ledger_entries
          where ref = job.id and kind in ('hold', 'capture', 'remainder', 'release');
        if not coalesce(needs = any (kinds), false) then
          raise exception 'job % is % without its %', job.id, job.status, needs
            using errcode = 'check_violation', constraint = 'job_money_explained';
        end if;
        if job.status in ('delivered', 'failed') and open_kopecks <> 0 then
          raise exception 'job % is % with % kopecks still held', job.id, job.status, open_kopecks
            using errcode = 'check_violation', constraint = 'job_money_settled';
        end if;
        return null;
      end $$`.execute(db)

    await sql`
      create view ledger_postings as
      select e.id as entry_id, e.user_id, e.created_at, p.account, leg.sign * p.kopecks as kopecks
      from ledger_entries e
      cross join lateral (values (e.source, -1), (e.target, 1)) as leg (side, sign)
      cross join lateral (values
        (case leg.side
           when 'costs' then 'house:costs'
           when 'house' then 'house:' || case e.kind
             when 'top_up' then 'payments' when 'refund' then 'payments'
             when 'bonus' then 'gifts' when 'capture' then 'sales' when 'cost' then 'provider'
             else 'adjustments' end
           else leg.side end,
         case leg.side when 'available' then e.amount_kopecks - e.bonus_kopecks
                       else e.amount_kopecks end),
        ('bonus', case leg.side when 'available' then e.bonus_kopecks else 0 end)
      ) as p (account, kopecks)
      where p.kopecks <> 0`.execute(db)
    await sql`
      comment on view ledger_postings is
        'Each entry as what it takes from accounts and adds to others; an entry sums up to 0'`.execute(
      db,
    )
  },
}
