import { type Kysely, sql } from 'kysely'

/** What people get for nothing: free generations, invitations, promo codes, the welcome. */
export const gifts = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table users add column welcomed_at timestamptz`.execute(db)
    await sql`update users set welcomed_at = created_at`.execute(db)
    await sql`
      comment on column users.welcomed_at is
        'When the first arrival was dealt with; whoever has one is no newcomer'`.execute(db)

    await sql`
      create table free_counters (
        user_id bigint primary key references users,
        bonus int not null default 0
          constraint free_bonus_not_negative check (bonus >= 0),
        day date not null default '-infinity',
        day_used int not null default 0,
        day_allowed int not null default 0,
        hour timestamptz not null default '-infinity',
        hour_used int not null default 0,
        hour_allowed int not null default 0,
        constraint free_daily_limit check (day_used between 0 and day_allowed),
        constraint free_hourly_limit check (hour_used between 0 and hour_allowed)
      )`.execute(db)
    await sql`
      create table free_budget (
        day date primary key,
        used_credits numeric(14, 3) not null,
        allowed_credits numeric(14, 3) not null,
        constraint free_budget_spent check (used_credits between 0 and allowed_credits)
      )`.execute(db)
    await sql`
      create table free_uses (
        job_id text primary key references jobs,
        user_id bigint not null references users,
        source text not null check (source in ('daily', 'bonus', 'unlimited')),
        day date not null,
        hour timestamptz not null,
        credits numeric(12, 3) not null check (credits >= 0),
        created_at timestamptz not null default now(),
        returned_at timestamptz
      )`.execute(db)
    await sql`create index free_uses_by_day on free_uses (day, user_id)`.execute(db)

    // The budget's row is everybody's, so it is locked first: whoever waits, waits there.
    await sql`
      create function reserve_free(job text, person bigint, moment timestamptz, cost numeric,
        daily int, hourly int, budget numeric) returns text language plpgsql as $$
      declare
        today date := (moment at time zone 'Europe/Moscow')::date;
        this_hour timestamptz := date_trunc('hour', moment, 'Europe/Moscow');
        counter free_counters%rowtype;
        kind text := 'unlimited';
      begin
        if daily is not null then
          insert into free_budget as b (day, used_credits, allowed_credits)
            values (today, cost, budget)
            on conflict (day) do update set used_credits = b.used_credits + cost,
              allowed_credits = excluded.allowed_credits;
          insert into free_counters as c (user_id, day, day_allowed, hour, hour_allowed)
            values (person, today, daily, this_hour, hourly)
            on conflict (user_id) do update set
              day = today,
              day_used = case c.day when today then c.day_used else 0 end,
              day_allowed = greatest(daily, case c.day when today then c.day_used else 0 end),
              hour = this_hour,
              hour_used = case c.hour when this_hour then c.hour_used else 0 end,
              hour_allowed = greatest(hourly, case c.hour when this_hour then c.hour_used else 0 end)
            returning * into counter;
          if counter.day_used < daily and counter.hour_used < hourly then
            kind := 'daily';
            update free_counters set day_used = day_used + 1, hour_used = hour_used + 1
              where user_id = person;
          elsif counter.bonus > 0 then
            kind := 'bonus';
            update free_counters set bonus = bonus - 1 where user_id = person;
          else
            raise exception 'no free generation is left' using errcode = 'check_violation',
              constraint = case when counter.day_used < daily then 'free_hourly_limit'
                                else 'free_daily_limit' end;
          end if;
        end if;
        insert into free_uses (job_id, user_id, source, day, hour, credits)
          values (job, person, kind, today, this_hour, cost);
        return kind;
      end $$`.execute(db)

    await sql`
      create function return_free(job text) returns void language plpgsql as $$
      declare
        use free_uses%rowtype;
      begin
        update free_uses set returned_at = now()
          where job_id = job and returned_at is null returning * into use;
        if use.job_id is null or use.source = 'unlimited' then return; end if;
        update free_budget set used_credits = used_credits - use.credits where day = use.day;
        update free_counters set
            bonus = bonus + case use.source when 'bonus' then 1 else 0 end,
            day_used = day_used - case when use.source = 'daily' and day = use.day then 1 else 0 end,
            hour_used = hour_used
              - case when use.source = 'daily' and hour = use.hour then 1 else 0 end
          where user_id = use.user_id;
      end $$`.execute(db)

    await sql`
      create table free_grants (
        id bigint generated always as identity primary key,
        user_id bigint not null references users,
        kind text not null check (kind in ('inviting', 'invited', 'promo')),
        ref text not null,
        amount int not null check (amount > 0),
        created_at timestamptz not null default now(),
        constraint free_grant_once unique (kind, ref)
      )`.execute(db)
    await sql`create index free_grants_by_user on free_grants (user_id, kind)`.execute(db)
    await sql`
      create function apply_free_grant() returns trigger language plpgsql as $$
      begin
        insert into free_counters as c (user_id, bonus) values (new.user_id, new.amount)
          on conflict (user_id) do update set bonus = c.bonus + new.amount;
        return null;
      end $$`.execute(db)
    await sql`
      create trigger free_grant_applies after insert on free_grants
        for each row execute function apply_free_grant()`.execute(db)
    await sql`
      create trigger free_grants_append_only before update or delete on free_grants
        for each row execute function refuse_change()`.execute(db)

    await sql`
      create table referrals (
        referred_id bigint primary key references users,
        referrer_id bigint not null references users,
        created_at timestamptz not null default now(),
        constraint referral_of_another check (referred_id <> referrer_id)
      )`.execute(db)
    await sql`create index referrals_by_referrer on referrals (referrer_id)`.execute(db)

    await sql`
      create table promo_codes (
        code text primary key check (code ~ '^[A-Z0-9_-]{3,32}$'),
        kopecks bigint not null check (kopecks between 0 and 100000000),
        free int not null check (free between 0 and 10000),
        uses_limit int not null check (uses_limit > 0),
        used int not null default 0,
        expires_at timestamptz,
        created_by bigint not null,
        created_at timestamptz not null default now(),
        constraint promo_used_up check (used between 0 and uses_limit),
        check ((kopecks > 0) <> (free > 0))
      )`.execute(db)
    await sql`
      create table promo_uses (
        code text not null references promo_codes,
        user_id bigint not null references users,
        ref text not null,
        created_at timestamptz not null default now(),
        primary key (code, user_id)
      )`.execute(db)

    await sql`
      create table pauses (
        topic text primary key,
        code text not null,
        needed_credits numeric(12, 3) not null check (needed_credits >= 0),
        since timestamptz not null default now(),
        checked_at timestamptz
      )`.execute(db)
    await sql`
      comment on table pauses is
        'What no instance sells for now, and what the account must hold before it goes on'`.execute(
      db,
    )
  },
}
