import { type Kysely, sql } from 'kysely'

/** What two transactions at once could still get past. */
export const races = {
  async up(db: Kysely<unknown>): Promise<void> {
    // The account's row is locked before the open rest of a hold is summed up: two settlements of one
    // hold, each unseen by the other, would both have passed.
    await sql`
      create or replace function apply_ledger_entry() returns trigger language plpgsql as $$
      declare
        open_kopecks bigint;
      begin
        update accounts set
          available_kopecks = available_kopecks
            + case 'available' when new.target then new.amount_kopecks
                               when new.source then -new.amount_kopecks else 0 end,
          held_kopecks = held_kopecks
            + case 'held' when new.target then new.amount_kopecks
                          when new.source then -new.amount_kopecks else 0 end
          where user_id = new.user_id;
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
    await sql`create index ledger_by_ref on ledger_entries (ref)`.execute(db)
  },
}
