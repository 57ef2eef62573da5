import { type Kysely, sql } from 'kysely'

/** What remains when a person's data is erased: books under an alias, and a mark that tells nothing. */
export const erasure = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Telegram's ids have at most 52 bits, so an alias is never somebody's id.
    await sql`
      create table erasures (
        alias bigint primary key check (alias >= 4503599627370496),
        asked_by text not null check (asked_by in ('person', 'admin')),
        at timestamptz not null default now(),
        transaction xid8 not null default pg_current_xact_id()
      )`.execute(db)
    await sql`
      comment on table erasures is
        'The books know a person whose data was erased by an alias, which follows from nothing'`.execute(
      db,
    )
    await sql`
      create table erased_marks (
        mark text primary key,
        month date not null,
        banned boolean not null,
        day date,
        day_used int not null default 0,
        hour timestamptz,
        hour_used int not null default 0,
        promo_codes text[] not null default '{}'
      )`.execute(db)
    await sql`
      comment on table erased_marks is
        'By a keyed hash of the id: what is not given again to somebody who comes back'`.execute(db)
    // Entries stay what they are; only whose they were may go, and only in an erasure.
    await sql`
      create function refuse_change_but_erasure() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE'
            and to_jsonb(new) - '{user_id,ref,reason}'::text[]
              = to_jsonb(old) - '{user_id,ref,reason}'::text[]
            and exists (select from erasures e
              where e.transaction = pg_current_xact_id_if_assigned()
                and (e.alias = new.user_id
                  or new.user_id = old.user_id and new.ref = e.alias::text)) then
          return new;
        end if;
        raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
      end $$`.execute(db)
    for (const [table, trigger] of [
      ['ledger_entries', 'ledger_append_only'],
      ['free_grants', 'free_grants_append_only'],
    ] as const) {
      await sql`drop trigger ${sql.ref(trigger)} on ${sql.table(table)}`.execute(db)
      await sql`
        create trigger ${sql.ref(trigger)} before delete or update on ${sql.table(table)}
          for each row execute function refuse_change_but_erasure()`.execute(db)
    }
    await sql`
      create function refuse_rewriting_but_erasure() returns trigger language plpgsql as $$
      begin
        if (new.actor_id, new.seq, new.at, new.state) = (old.actor_id, old.seq, old.at, old.state)
            and exists (select from erasures e
              where e.transaction = pg_current_xact_id_if_assigned()) then
          return new;
        end if;
        raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
      end $$`.execute(db)
    await sql`drop trigger journal_append_only on journal`.execute(db)
    await sql`
      create trigger journal_append_only before update on journal
        for each row execute function refuse_rewriting_but_erasure()`.execute(db)
  },
}
