import { type Kysely, sql } from 'kysely'

/**
 * Users, jobs and the ledger. Every entry moves an amount from one side to the other, so the sums
 * always agree; a trigger applies it to the balances, so that entry and balance can't differ.
 */
export const money = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table users (
        id bigint primary key check (id > 0),
        language text not null check (language in ('ru', 'en')),
        blocked_at timestamptz,
        created_at timestamptz not null default now()
      )`.execute(db)

    await sql`
      create table accounts (
        user_id bigint primary key references users,
        available_kopecks bigint not null default 0
          constraint accounts_available_not_negative check (available_kopecks >= 0),
        held_kopecks bigint not null default 0
          constraint accounts_held_not_negative check (held_kopecks >= 0)
      )`.execute(db)

    await sql`
      create table jobs (
        id text primary key,
        user_id bigint not null references users,
        chat_id bigint not null,
        model_id text not null,
        status text not null check (status in ('preparing', 'pending', 'creating', 'retrying',
          'created', 'unknown', 'delivering', 'delivered', 'failed')),
        price_kopecks bigint not null check (price_kopecks >= 0),
        credits numeric(12, 3) not null check (credits >= 0),
        credits_consumed numeric(12, 3),
        input jsonb not null,
        task_id text unique,
        result jsonb,
        error_code text,
        courtesy boolean not null default false,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        check ((status = 'failed') <= (error_code is not null))
      )`.execute(db)
    await sql`create index jobs_by_user on jobs (user_id, created_at desc)`.execute(db)
    await sql`
      create index jobs_open on jobs (status, created_at)
        where status not in ('delivered', 'failed')`.execute(db)

    await sql`
      create table ledger_entries (
        id bigint generated always as identity primary key,
        user_id bigint not null references accounts,
        kind text not null,
        ref text not null,
        source text not null,
        target text not null,
        amount_kopecks bigint not null check (amount_kopecks > 0),
        created_at timestamptz not null default now(),
        constraint ledger_entry_once unique (kind, ref),
        constraint ledger_sides check ((kind, source, target) in (
          ('top_up', 'house', 'available'),
          ('bonus', 'house', 'available'),
          ('credit', 'house', 'available'),
          ('debit', 'available', 'house'),
          ('refund', 'available', 'house'),
          ('hold', 'available', 'held'),
          ('capture', 'held', 'house'),
          ('remainder', 'held', 'available'),
          ('release', 'held', 'available')))
      )`.execute(db)
    await sql`
      create unique index ledger_settled_once on ledger_entries (ref)
        where kind in ('capture', 'release')`.execute(db)
    await sql`create index ledger_by_user on ledger_entries (user_id, id desc)`.execute(db)

    await sql`
      create function apply_ledger_entry() returns trigger language plpgsql as $$
      declare
        open_kopecks bigint;
      begin
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
        update accounts set
          available_kopecks = available_kopecks
            + case 'available' when new.target then new.amount_kopecks
                               when new.source then -new.amount_kopecks else 0 end,
          held_kopecks = held_kopecks
            + case 'held' when new.target then new.amount_kopecks
                          when new.source then -new.amount_kopecks else 0 end
          where user_id = new.user_id;
        return null;
      end $$`.execute(db)
    await sql`
      create trigger ledger_applies after insert on ledger_entries
        for each row execute function apply_ledger_entry()`.execute(db)
    await sql`
      create trigger ledger_append_only before update or delete on ledger_entries
        for each row execute function refuse_change()`.execute(db)
    await sql`
      create trigger ledger_never_emptied before truncate on ledger_entries
        execute function refuse_change()`.execute(db)

    await sql`
      create function check_job_money() returns trigger language plpgsql as $$
      declare
        job jobs%rowtype;
        needs text;
      begin
        select * into job from jobs where id = new.id;
        if job.price_kopecks = 0 then return null; end if;
        needs := case job.status when 'delivered' then case when job.courtesy then 'release' else 'capture' end
                                 when 'failed' then 'release' else 'hold' end;
        if not exists (select from ledger_entries where ref = job.id and kind = needs) then
          raise exception 'job % is % without its %', job.id, job.status, needs
            using errcode = 'check_violation', constraint = 'job_money_explained';
        end if;
        return null;
      end $$`.execute(db)
    await sql`
      create constraint trigger jobs_money_explained after insert or update of status on jobs
        deferrable initially deferred for each row execute function check_job_money()`.execute(db)
  },
}
