-- Made by `npm run generate` from a freshly migrated database: schema "public" as the migrations
-- leave it, in the order of creation. For reading and for review; nothing runs this file. The job
-- queue's own schema (graphile_worker) and the migrator's two tables are left out.

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

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
end $$;

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
end $$;

create or replace function refuse_lost_job() returns bigint language plpgsql as $$
begin
  raise exception 'a job was dropped because its key was being taken'
    using errcode = 'serialization_failure';
end $$;

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
end $$;

create or replace function reserve_free(job text, person bigint, moment timestamp with time zone, cost numeric, daily integer, hourly integer, budget numeric) returns text language plpgsql as $$
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
end $$;

create or replace function return_free(job text) returns void language plpgsql as $$
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
end $$;

create or replace function apply_free_grant() returns trigger language plpgsql as $$
begin
  insert into free_counters as c (user_id, bonus) values (new.user_id, new.amount)
    on conflict (user_id) do update set bonus = c.bonus + new.amount;
  return null;
end $$;

create or replace function check_payment_money() returns trigger language plpgsql as $$
declare
  paid payments%rowtype;
  taken bigint;
begin
  select * into paid from payments where charge_id = new.charge_id;
  if paid.kopecks > 0 and not exists (select from ledger_entries
      where kind = 'top_up' and ref = paid.charge_id and user_id = paid.user_id
        and amount_kopecks = paid.kopecks) then
    raise exception 'payment % is not in the ledger', paid.charge_id
      using errcode = 'check_violation', constraint = 'payment_money_explained';
  end if;
  select coalesce(sum(case kind when 'refund' then amount_kopecks else -amount_kopecks end), 0)
    into taken from ledger_entries
    where ref = paid.charge_id || '#' || paid.refunds and user_id = paid.user_id
      and kind in ('refund', 'refund_undone');
  if taken <> (case paid.state when 'credited' then 0
      else paid.kopecks - paid.debt_kopecks end) then
    raise exception 'payment % is % with % kopecks taken back', paid.charge_id, paid.state, taken
      using errcode = 'check_violation', constraint = 'payment_refund_explained';
  end if;
  return null;
end $$;

create or replace function check_invoice_money() returns trigger language plpgsql as $$
declare
  now_status text;
begin
  select status into now_status from invoices where id = new.id;
  if (now_status = 'accepted') is distinct from exists (select from ledger_entries
      where kind = 'top_up' and ref = 'manual:' || new.id) then
    raise exception 'bank transfer % is %', new.id, now_status
      using errcode = 'check_violation', constraint = 'transfer_money_explained';
  end if;
  return null;
end $$;

create or replace function refuse_change_but_erasure() returns trigger language plpgsql as $$
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
end $$;

create or replace function refuse_rewriting_but_erasure() returns trigger language plpgsql as $$
begin
  if (new.actor_id, new.seq, new.at, new.state) = (old.actor_id, old.seq, old.at, old.state)
      and exists (select from erasures e
        where e.transaction = pg_current_xact_id_if_assigned()) then
    return new;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create table actors (
  id text not null,
  machine text not null,
  machine_version integer not null,
  version bigint not null,
  status text not null,
  state text not null,
  snapshot jsonb not null,
  timers jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint actors_pkey primary key (id),
  constraint actors_machine_version_check check (machine_version > 0),
  constraint actors_status_check check (status = any (array['active', 'done'])),
  constraint actors_version_check check (version > 0)
) with (fillfactor=80, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);
comment on table actors is
  'One row per statechart; version is the fence: it grows by one per journal row';
create index actors_done on actors using btree (id) where (status = 'done');

create table journal (
  actor_id text not null,
  seq bigint not null,
  key text not null,
  at timestamp with time zone not null,
  event jsonb not null,
  state text not null,
  effects jsonb not null,
  checkpoint jsonb,
  constraint journal_pkey primary key (actor_id, seq),
  constraint journal_actor_id_key_key unique (actor_id, key),
  constraint journal_seq_check check (seq > 0)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000, autovacuum_vacuum_insert_scale_factor=0, autovacuum_vacuum_insert_threshold=100000);
comment on table journal is
  'Append-only: every event of every actor; (actor_id, key) makes a happening count once';
create index journal_at on journal using brin (at);
create index journal_checkpoints on journal using btree (at, actor_id, seq)
    where (checkpoint is not null);
create trigger journal_append_only before update on journal
    for each row execute function refuse_rewriting_but_erasure();

create table dead_letters (
  id bigint not null generated always as identity,
  kind text not null,
  subject text not null,
  key text not null,
  payload jsonb not null,
  error text not null,
  created_at timestamp with time zone not null default now(),
  replayed_at timestamp with time zone,
  constraint dead_letters_pkey primary key (id),
  constraint dead_letters_kind_subject_key_key unique (kind, subject, key),
  constraint dead_letters_kind_check check (kind = any (array['event', 'effect', 'callback', 'update', 'snapshot']))
);
create index dead_letters_by_subject on dead_letters using btree (subject, key);
create index dead_letters_by_time on dead_letters using btree (created_at);

create table instances (
  id text not null,
  lock_key bigint not null,
  worker_ids text[] not null default '{}'::text[],
  started_at timestamp with time zone not null default now(),
  versions jsonb not null default '{}'::jsonb,
  constraint instances_pkey primary key (id),
  constraint instances_lock_key_key unique (lock_key)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);
comment on column instances.versions is
  'Versions of the machines that the process knows, by machine';

create table screens (
  actor_id text not null,
  chat_id bigint not null,
  message_id bigint,
  seq bigint not null,
  floor bigint not null,
  digest text not null,
  transient boolean not null,
  updated_at timestamp with time zone not null default now(),
  constraint screens_pkey primary key (actor_id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);
comment on column screens.floor is
  'The user sent something at this step: what was shown before it is too far above to edit';

create table sends (
  key text not null,
  chat_id bigint not null,
  status text not null,
  method text,
  message_ids bigint[] not null default '{}'::bigint[],
  file_ids text[] not null default '{}'::text[],
  attempts integer not null default 1,
  started_at timestamp with time zone not null default now(),
  sent_at timestamp with time zone,
  sender text,
  doubted_at timestamp with time zone,
  constraint sends_pkey primary key (key),
  constraint sends_attempts_check check (attempts > 0),
  constraint sends_check check ((status = 'sent') = (sent_at is not null)),
  constraint sends_status_check check (status = any (array['sending', 'sent']))
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);
comment on column sends.sender is
  'The process that is sending it; null: none, or one of release 0.1';
comment on column sends.doubted_at is
  'Since when another process waits for a sign of life of the sender';
create index sends_by_time on sends using btree (started_at);

create table alerts (
  topic text not null,
  raised_at timestamp with time zone not null,
  constraint alerts_pkey primary key (topic)
);

create table users (
  id bigint not null,
  language text not null,
  blocked_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  welcomed_at timestamp with time zone,
  constraint users_pkey primary key (id),
  constraint users_id_check check (id > 0),
  constraint users_language_check check (language = any (array['ru', 'en']))
);
comment on column users.welcomed_at is
  'When the first arrival was dealt with; whoever has one is no newcomer';

create table accounts (
  user_id bigint not null,
  available_kopecks bigint not null default 0,
  held_kopecks bigint not null default 0,
  bonus_kopecks bigint not null default 0,
  constraint accounts_pkey primary key (user_id),
  constraint accounts_user_id_fkey foreign key (user_id) references users(id),
  constraint accounts_available_not_negative check (available_kopecks >= 0),
  constraint accounts_bonus_not_negative check (bonus_kopecks >= 0),
  constraint accounts_held_not_negative check (held_kopecks >= 0)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);

create table jobs (
  id text not null,
  user_id bigint not null,
  chat_id bigint not null,
  model_id text not null,
  status text not null,
  price_kopecks bigint not null,
  credits numeric(12,3) not null,
  credits_consumed numeric(12,3),
  input jsonb not null,
  task_id text,
  result jsonb,
  error_code text,
  courtesy boolean not null default false,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  took_ms bigint,
  constraint jobs_pkey primary key (id),
  constraint jobs_task_id_key unique (task_id),
  constraint jobs_user_id_fkey foreign key (user_id) references users(id),
  constraint jobs_check check ((status = 'failed') <= (error_code is not null)),
  constraint jobs_credits_check check (credits >= 0::numeric),
  constraint jobs_price_kopecks_check check (price_kopecks >= 0),
  constraint jobs_status_check check (status = any (array['preparing', 'pending', 'creating', 'retrying', 'created', 'unknown', 'delivering', 'delivered', 'failed']))
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);
comment on column jobs.took_ms is
  'From the order to its result in the chat, milliseconds; null: no result, or one after a refund';
create index jobs_by_user on jobs using btree (user_id, created_at desc);
create index jobs_open on jobs using btree (status, created_at)
    where (status <> all (array['delivered', 'failed']));
create index jobs_by_time on jobs using btree (created_at desc, id desc);
create index jobs_overrun on jobs using btree (updated_at)
    where (credits_consumed > credits);
create index jobs_by_duration on jobs using btree (model_id, created_at desc)
    where (took_ms is not null);
create index jobs_ended_of_model on jobs using btree (model_id, updated_at desc)
    where (status = any (array['delivered', 'failed']));
create constraint trigger jobs_money_explained after insert or update of status on jobs deferrable initially deferred
    for each row execute function check_job_money();

create table ledger_entries (
  id bigint not null generated always as identity,
  user_id bigint not null,
  kind text not null,
  ref text not null,
  source text not null,
  target text not null,
  amount_kopecks bigint not null,
  created_at timestamp with time zone not null default now(),
  bonus_kopecks bigint not null default 0,
  made_by bigint,
  reason text,
  constraint ledger_entries_pkey primary key (id),
  constraint ledger_entry_once unique (kind, ref),
  constraint ledger_entries_user_id_fkey foreign key (user_id) references accounts(user_id),
  constraint ledger_bonus_part check (bonus_kopecks >= 0 and bonus_kopecks <= amount_kopecks and (bonus_kopecks = 0 or (kind = any (array['bonus', 'hold', 'capture', 'remainder', 'release', 'sale_undone'])))),
  constraint ledger_entries_amount_kopecks_check check (amount_kopecks > 0),
  constraint ledger_entries_reason_check check (length(reason) >= 1 and length(reason) <= 500),
  constraint ledger_sides check (kind = 'top_up' and source = 'house' and target = 'available'
    or kind = 'bonus' and source = 'house' and target = 'available'
    or kind = 'credit' and source = 'house' and target = 'available'
    or kind = 'debit' and source = 'available' and target = 'house'
    or kind = 'debt' and source = 'available' and target = 'house'
    or kind = 'refund' and source = 'available' and target = 'house'
    or kind = 'refund_undone' and source = 'house' and target = 'available'
    or kind = 'hold' and source = 'available' and target = 'held'
    or kind = 'capture' and source = 'held' and target = 'house'
    or kind = 'remainder' and source = 'held' and target = 'available'
    or kind = 'release' and source = 'held' and target = 'available'
    or kind = 'sale_undone' and source = 'house' and target = 'available'
    or kind = 'cost' and source = 'house' and target = 'costs')
);
comment on column ledger_entries.bonus_kopecks is
  'Part of the amount that is given money; set by a trigger, whatever was inserted';
create unique index ledger_settled_once on ledger_entries using btree (ref)
    where (kind = any (array['capture', 'release']));
create index ledger_by_user on ledger_entries using btree (user_id, id desc);
create index ledger_by_ref on ledger_entries using btree (ref);
create trigger ledger_append_only before delete or update on ledger_entries
    for each row execute function refuse_change_but_erasure();
create trigger ledger_applies after insert on ledger_entries
    for each row execute function apply_ledger_entry();
create trigger ledger_never_emptied before truncate on ledger_entries
    for each statement execute function refuse_change();
create trigger ledger_prepares before insert on ledger_entries
    for each row execute function prepare_ledger_entry();

create table free_counters (
  user_id bigint not null,
  bonus integer not null default 0,
  day date not null default '-infinity'::date,
  day_used integer not null default 0,
  day_allowed integer not null default 0,
  hour timestamp with time zone not null default '-infinity'::timestamp with time zone,
  hour_used integer not null default 0,
  hour_allowed integer not null default 0,
  constraint free_counters_pkey primary key (user_id),
  constraint free_counters_user_id_fkey foreign key (user_id) references users(id),
  constraint free_bonus_not_negative check (bonus >= 0),
  constraint free_daily_limit check (day_used >= 0 and day_used <= day_allowed),
  constraint free_hourly_limit check (hour_used >= 0 and hour_used <= hour_allowed)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);

create table free_budget (
  day date not null,
  used_credits numeric(14,3) not null,
  allowed_credits numeric(14,3) not null,
  constraint free_budget_pkey primary key (day),
  constraint free_budget_spent check (used_credits >= 0::numeric and used_credits <= allowed_credits)
);

create table free_uses (
  job_id text not null,
  user_id bigint not null,
  source text not null,
  day date not null,
  hour timestamp with time zone not null,
  credits numeric(12,3) not null,
  created_at timestamp with time zone not null default now(),
  returned_at timestamp with time zone,
  constraint free_uses_pkey primary key (job_id),
  constraint free_uses_job_id_fkey foreign key (job_id) references jobs(id),
  constraint free_uses_user_id_fkey foreign key (user_id) references users(id),
  constraint free_uses_credits_check check (credits >= 0::numeric),
  constraint free_uses_source_check check (source = any (array['daily', 'bonus', 'unlimited']))
);
create index free_uses_by_day on free_uses using btree (day, user_id);

create table free_grants (
  id bigint not null generated always as identity,
  user_id bigint not null,
  kind text not null,
  ref text not null,
  amount integer not null,
  created_at timestamp with time zone not null default now(),
  constraint free_grants_pkey primary key (id),
  constraint free_grant_once unique (kind, ref),
  constraint free_grants_user_id_fkey foreign key (user_id) references users(id),
  constraint free_grants_amount_check check (amount > 0),
  constraint free_grants_kind_check check (kind = any (array['inviting', 'invited', 'promo']))
);
create index free_grants_by_user on free_grants using btree (user_id, kind);
create trigger free_grant_applies after insert on free_grants
    for each row execute function apply_free_grant();
create trigger free_grants_append_only before delete or update on free_grants
    for each row execute function refuse_change_but_erasure();

create table referrals (
  referred_id bigint not null,
  referrer_id bigint not null,
  created_at timestamp with time zone not null default now(),
  earned_at timestamp with time zone,
  outcome text,
  settled_at timestamp with time zone,
  constraint referrals_pkey primary key (referred_id),
  constraint referrals_referred_id_fkey foreign key (referred_id) references users(id),
  constraint referrals_referrer_id_fkey foreign key (referrer_id) references users(id),
  constraint referral_of_another check (referred_id <> referrer_id),
  constraint referrals_outcome_check check (outcome = any (array['rewarded', 'capped']))
);
comment on column referrals.earned_at is
  'When the friend got their first order that they paid for; settled_at: both sides know';
create index referrals_by_referrer on referrals using btree (referrer_id);
create index referrals_due on referrals using btree (earned_at)
    where ((earned_at is not null) and (settled_at is null));

create table promo_codes (
  code text not null,
  kopecks bigint not null,
  free integer not null,
  uses_limit integer not null,
  used integer not null default 0,
  expires_at timestamp with time zone,
  created_by bigint not null,
  created_at timestamp with time zone not null default now(),
  constraint promo_codes_pkey primary key (code),
  constraint promo_codes_check check ((kopecks > 0) <> (free > 0)),
  constraint promo_codes_code_check check (code ~ '^[A-Z0-9_-]{3,32}$'),
  constraint promo_codes_free_check check (free >= 0 and free <= 10000),
  constraint promo_codes_kopecks_check check (kopecks >= 0 and kopecks <= 100000000),
  constraint promo_codes_uses_limit_check check (uses_limit > 0),
  constraint promo_used_up check (used >= 0 and used <= uses_limit)
);

create table promo_uses (
  code text not null,
  user_id bigint not null,
  ref text not null,
  created_at timestamp with time zone not null default now(),
  constraint promo_uses_pkey primary key (code, user_id),
  constraint promo_uses_code_fkey foreign key (code) references promo_codes(code),
  constraint promo_uses_user_id_fkey foreign key (user_id) references users(id)
);

create table pauses (
  topic text not null,
  code text not null,
  needed_credits numeric(12,3) not null,
  since timestamp with time zone not null default now(),
  checked_at timestamp with time zone,
  left_credits numeric(14,3),
  left_at timestamp with time zone,
  constraint pauses_pkey primary key (topic),
  constraint pauses_needed_credits_check check (needed_credits >= 0::numeric)
);
comment on table pauses is
  'What no instance sells for now, and what the account must hold before it goes on';
comment on column pauses.left_credits is
  'Orders of at most so many credits are still taken; null: none';

create table favourites (
  user_id bigint not null,
  job_id text not null,
  saved boolean not null,
  step bigint not null,
  saved_at timestamp with time zone not null default now(),
  constraint favourites_pkey primary key (user_id, job_id),
  constraint favourites_job_id_fkey foreign key (job_id) references jobs(id),
  constraint favourites_user_id_fkey foreign key (user_id) references users(id)
);
comment on column favourites.step is
  'Step of the conversation that said so last: an older wish that comes late changes nothing';
create index favourites_of_user on favourites using btree (user_id, saved_at desc)
    where saved;

create table console_sessions (
  hash text not null,
  who text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint console_sessions_pkey primary key (hash)
);
comment on table console_sessions is
  'hash is a MAC of the cookie under a key of the token: a new token ends every session';

create table operator_actions (
  id bigint not null generated always as identity,
  name text not null,
  target text not null,
  who text not null,
  why text not null,
  session text not null,
  at timestamp with time zone not null default now(),
  outcome text not null default 'asked'::text,
  detail text,
  seq bigint,
  constraint operator_actions_pkey primary key (id),
  constraint operator_actions_outcome_check check (outcome = any (array['asked', 'done', 'refused'])),
  constraint operator_actions_who_check check (who <> ''),
  constraint operator_actions_why_check check (why <> '')
);
create index operator_actions_by_target on operator_actions using btree (target, id desc);

create table state_counts (
  machine text not null,
  state text not null,
  slot integer not null,
  count bigint not null,
  constraint state_counts_pkey primary key (machine, state, slot)
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);
comment on table state_counts is
  'The sum over the slots counts; each connection has a slot, so that none waits for another';

create table invoices (
  id text not null,
  user_id bigint not null,
  way text not null,
  status text not null,
  kopecks bigint not null,
  stars bigint not null,
  admin_id bigint,
  error_code text,
  receipt_kind text,
  receipt_file_id text,
  receipt_unique_id text,
  receipt_hash text,
  receipt_same_as text[] not null default '{}'::text[],
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint invoices_pkey primary key (id),
  constraint invoices_user_id_fkey foreign key (user_id) references users(id),
  constraint invoice_reviewed_with_receipt check ((status <> all (array['reviewing', 'accepted', 'rejected'])) or receipt_file_id is not null),
  constraint invoices_kopecks_check check (kopecks > 0),
  constraint invoices_receipt_kind_check check (receipt_kind = any (array['photo', 'document'])),
  constraint invoices_stars_check check (stars > 0),
  constraint invoices_status_check check (status = any (array['created', 'invoiced', 'checkout', 'expired', 'undelivered', 'unclaimed', 'credited', 'refunding', 'refunded', 'awaiting', 'reviewing', 'accepted', 'rejected'])),
  constraint invoices_way_check check (way = any (array['stars', 'manual', 'found']))
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);
create index invoices_by_user on invoices using btree (user_id, created_at desc);
create index invoices_in_review on invoices using btree (created_at)
    where (status = 'reviewing');
create index invoices_by_receipt on invoices using btree (receipt_unique_id)
    where (receipt_unique_id is not null);
create index invoices_by_receipt_hash on invoices using btree (receipt_hash)
    where (receipt_hash is not null);
create constraint trigger invoices_money_explained after insert or update of status on invoices deferrable initially deferred
    for each row execute function check_invoice_money();

create table payments (
  charge_id text not null,
  invoice_id text not null,
  user_id bigint not null,
  stars bigint not null,
  kopecks bigint not null,
  state text not null,
  refunds integer not null default 0,
  debt_kopecks bigint not null default 0,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  debt_paid_kopecks bigint not null default 0,
  constraint payments_pkey primary key (charge_id),
  constraint payments_invoice_id_fkey foreign key (invoice_id) references invoices(id),
  constraint payments_user_id_fkey foreign key (user_id) references users(id),
  constraint payments_check check (debt_kopecks >= 0 and debt_kopecks <= kopecks),
  constraint payments_debt_paid check (debt_paid_kopecks >= 0 and debt_paid_kopecks <= debt_kopecks),
  constraint payments_kopecks_check check (kopecks >= 0),
  constraint payments_stars_check check (stars > 0),
  constraint payments_state_check check (state = any (array['credited', 'refunding', 'refunded']))
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);
comment on column payments.debt_paid_kopecks is
  'Part of the debt that was kept from later top-ups, as entries of the kind debt';
create index payments_by_user on payments using btree (user_id, created_at desc);
create index payments_by_invoice on payments using btree (invoice_id);
create index payments_with_debt on payments using btree (user_id)
    where (debt_kopecks > debt_paid_kopecks);
create constraint trigger payments_money_explained after insert or update on payments deferrable initially deferred
    for each row execute function check_payment_money();

create table refund_requests (
  charge_id text not null,
  user_id bigint not null,
  state text not null,
  decided_by bigint,
  asked_at timestamp with time zone not null default now(),
  decided_at timestamp with time zone,
  constraint refund_requests_pkey primary key (charge_id),
  constraint refund_requests_charge_id_fkey foreign key (charge_id) references payments(charge_id),
  constraint refund_requests_user_id_fkey foreign key (user_id) references users(id),
  constraint refund_requests_state_check check (state = any (array['open', 'granted', 'declined']))
);
create index refund_requests_open on refund_requests using btree (asked_at)
    where (state = 'open');

create table star_transactions (
  id text not null,
  direction text not null,
  kind text not null,
  user_id bigint,
  stars bigint not null,
  payload text,
  happened_at timestamp with time zone not null,
  seen_at timestamp with time zone not null default now(),
  constraint star_transactions_pkey primary key (id, direction),
  constraint star_transactions_direction_check check (direction = any (array['in', 'out']))
);

create table star_audits (
  id bigint not null generated always as identity,
  finished_at timestamp with time zone not null default now(),
  seen integer not null,
  missed_payments integer not null,
  missed_refunds integer not null,
  unexplained integer not null,
  constraint star_audits_pkey primary key (id)
);

create table effects (
  actor_id text not null,
  key text not null,
  type text not null,
  seq bigint not null,
  index smallint not null,
  renewed bigint not null default 0,
  payload json not null,
  attempt integer not null default 1,
  owner bigint,
  due_at timestamp with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone,
  added_at timestamp with time zone not null default now(),
  constraint effects_pkey primary key (actor_id, key),
  constraint effects_attempt_check check (attempt > 0),
  constraint effects_index_check check (index >= 0),
  constraint effects_seq_check check (seq >= 0)
) with (fillfactor=80, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_vacuum_cost_delay=0);
comment on table effects is
  'What committed steps want done and is not done yet; a row goes when its effect is done';
comment on column effects.key is
  '<seq>.<index> of an effect that is done once; the type of one of which only the newest counts';
comment on column effects.owner is
  'Lock key of the instance that runs it; null: whoever finds it due may take it';
comment on column effects.due_at is
  'Not before then, by the clock of the instances; 1970: at once';
create index effects_free on effects using btree (due_at) where (owner is null);

create table timers (
  actor_id text not null,
  id text not null,
  seq bigint not null,
  due_at timestamp with time zone not null,
  event jsonb not null,
  claimed_until timestamp with time zone,
  constraint timers_pkey primary key (actor_id, id),
  constraint timers_seq_check check (seq > 0)
) with (fillfactor=80, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=2000, autovacuum_vacuum_cost_delay=0);
comment on column timers.claimed_until is
  'An instance is delivering it; when that has not ended it by then, any may deliver it again';
create index timers_due on timers using btree (due_at);

create table model_pauses (
  model_id text not null,
  code text not null,
  since timestamp with time zone not null default now(),
  until timestamp with time zone,
  decided_by bigint,
  why text,
  constraint model_pauses_pkey primary key (model_id)
);
comment on table model_pauses is
  'Models that no instance sells for now, and until when; null: until somebody ends it';
comment on column model_pauses.decided_by is
  'The admin; null: the bot itself';

create table overruns (
  job_id text not null,
  model_id text not null,
  quoted_credits numeric(12,3) not null,
  consumed_credits numeric(12,3) not null,
  is_rounding boolean not null,
  found_at timestamp with time zone not null default now(),
  told_at timestamp with time zone,
  constraint overruns_pkey primary key (job_id),
  constraint overruns_job_id_fkey foreign key (job_id) references jobs(id) on delete cascade
);
comment on table overruns is
  'Orders for which the provider consumed more than was quoted; told_at: the admins know';
create index overruns_of_model on overruns using btree (model_id, found_at);
create index overruns_untold on overruns using btree (found_at) where (told_at is null);

create table provider_account (
  only_row boolean not null default true,
  asked_at timestamp with time zone,
  credits numeric(14,3),
  read_at timestamp with time zone,
  constraint provider_account_pkey primary key (only_row),
  constraint provider_account_only_row_check check (only_row)
);
comment on table provider_account is
  'The balance of the provider as it was last read; asked_at: by one instance at a time';

create table installation (
  single boolean not null default true,
  bot_id bigint not null,
  money text not null,
  since timestamp with time zone not null default now(),
  constraint installation_pkey primary key (single),
  constraint installation_bot_id_check check (bot_id > 0),
  constraint installation_money_check check (money = any (array['real', 'play'])),
  constraint installation_single_check check (single)
);
comment on table installation is
  'The bot that this database belongs to, and whether its users paid for what they have';

create table chat_topics (
  chat_id bigint not null,
  thread_id bigint,
  constraint chat_topics_pkey primary key (chat_id)
);
comment on table chat_topics is
  'Where a person last spoke, so that answers show there; null: outside of all topics';

create table reminders (
  user_id bigint not null,
  kind text not null,
  due_at timestamp with time zone not null,
  constraint reminders_pkey primary key (user_id, kind),
  constraint reminders_user_id_fkey foreign key (user_id) references users(id),
  constraint reminders_kind_check check (kind = 'free')
);
comment on table reminders is
  'What people asked to be told, and when';
create index reminders_due on reminders using btree (due_at);

create table user_names (
  user_id bigint not null,
  username text,
  first_name text,
  seen_at timestamp with time zone not null default now(),
  constraint user_names_pkey primary key (user_id)
);
comment on table user_names is
  'How Telegram names people, so that admins find them';
create index user_names_by_name on user_names using btree (lower(username));

create table user_rules (
  user_id bigint not null,
  banned_at timestamp with time zone,
  words text,
  jobs_per_hour integer,
  decided_by bigint not null,
  decided_at timestamp with time zone not null default now(),
  constraint user_rules_pkey primary key (user_id),
  constraint user_rules_jobs_per_hour_check check (jobs_per_hour > 0)
);
comment on table user_rules is
  'Who may not use the bot, with the words they read, and who may order less or more an hour';

create table model_terms (
  model_id text not null,
  markup numeric(10,4),
  free_until timestamp with time zone,
  decided_by bigint not null,
  why text not null,
  decided_at timestamp with time zone not null default now(),
  constraint model_terms_pkey primary key (model_id),
  constraint model_terms_markup_check check (markup >= 1::numeric)
);
comment on table model_terms is
  'Prices and free periods of single models, over what their files say';

create table provider_changes (
  id bigint not null generated always as identity,
  key text not null,
  kind text not null,
  model_id text not null,
  what text not null,
  found_at timestamp with time zone not null default now(),
  told_at timestamp with time zone,
  decision text,
  decided_by bigint,
  decided_at timestamp with time zone,
  constraint provider_changes_pkey primary key (id),
  constraint provider_changes_key_key unique (key),
  constraint provider_changes_decided check ((decision is null) = (decided_at is null)),
  constraint provider_changes_decision_check check (decision = any (array['accepted', 'paused', 'ignored']))
);
comment on table provider_changes is
  'In what the provider’s catalogue differs from the model files, and what admins decided';

create table provider_diff (
  is_one boolean not null default true,
  begun_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  changes integer,
  constraint provider_diff_pkey primary key (is_one),
  constraint provider_diff_is_one_check check (is_one)
);
comment on table provider_diff is
  'The newest comparison with the provider’s catalogue';

create table broadcasts (
  id text not null,
  made_by bigint not null,
  status text not null,
  words text,
  has_turn boolean not null default false,
  fixed_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint broadcasts_pkey primary key (id)
);
comment on table broadcasts is
  'Mirrors the actors of broadcasts, for lists';
comment on column broadcasts.has_turn is
  'Only one broadcast is sent at a time, so that together they keep the pace';
create unique index broadcasts_turn on broadcasts using btree (has_turn) where has_turn;

create table broadcast_recipients (
  broadcast_id text not null,
  user_id bigint not null,
  status text not null default 'waiting'::text,
  taker text,
  message_id bigint,
  error_code text,
  changed_at timestamp with time zone not null default now(),
  constraint broadcast_recipients_pkey primary key (broadcast_id, user_id),
  constraint broadcast_recipients_broadcast_id_fkey foreign key (broadcast_id) references broadcasts(id) on delete cascade,
  constraint broadcast_recipients_status_check check (status = any (array['waiting', 'sending', 'sent', 'blocked', 'failed', 'skipped', 'lost']))
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.05);
comment on table broadcast_recipients is
  'Whom a broadcast is for, fixed when it starts; the row is the fence of the message to them';
create index broadcast_recipients_by_status on broadcast_recipients using btree (broadcast_id, status, user_id);

create table news_choices (
  user_id bigint not null,
  choice text not null,
  chosen_at timestamp with time zone not null default now(),
  constraint news_choices_pkey primary key (user_id),
  constraint news_choices_choice_check check (choice = any (array['on', 'off']))
);
comment on table news_choices is
  'Who asked for news, and who wants none; nobody else has said anything';

create table erasures (
  alias bigint not null,
  asked_by text not null,
  at timestamp with time zone not null default now(),
  transaction xid8 not null default pg_current_xact_id(),
  constraint erasures_pkey primary key (alias),
  constraint erasures_alias_check check (alias >= '4503599627370496'::bigint),
  constraint erasures_asked_by_check check (asked_by = any (array['person', 'admin']))
);
comment on table erasures is
  'The books know a person whose data was erased by an alias, which follows from nothing';

create table erased_marks (
  mark text not null,
  month date not null,
  banned boolean not null,
  day date,
  day_used integer not null default 0,
  hour timestamp with time zone,
  hour_used integer not null default 0,
  promo_codes text[] not null default '{}'::text[],
  constraint erased_marks_pkey primary key (mark)
);
comment on table erased_marks is
  'By a keyed hash of the id: what is not given again to somebody who comes back';

create table support_threads (
  user_id bigint not null,
  state text not null,
  chat_id bigint,
  topic_id bigint,
  answered_by text,
  updated_at timestamp with time zone not null default now(),
  constraint support_threads_pkey primary key (user_id),
  constraint support_threads_state_check check (state = any (array['quiet', 'waiting', 'answered', 'solved']))
);
comment on table support_threads is
  'Mirrors the actors of support; chat and topic of the staff';
create unique index support_threads_by_topic on support_threads using btree (chat_id, topic_id)
    where (topic_id is not null);

create table support_messages (
  chat_id bigint not null,
  message_id bigint not null,
  user_id bigint not null,
  sent_at timestamp with time zone not null default now(),
  constraint support_messages_pkey primary key (chat_id, message_id)
);
comment on table support_messages is
  'Messages in the chat of the staff: a reply to one goes to its user';
create index support_messages_by_user on support_messages using btree (user_id);
create index support_messages_by_time on support_messages using btree (sent_at);

create table templates (
  id text not null,
  title text not null,
  task text,
  model_id text not null,
  answers jsonb not null,
  words text,
  files jsonb not null,
  made_by bigint not null,
  created_at timestamp with time zone not null default now(),
  constraint templates_pkey primary key (id)
);
comment on table templates is
  'Templates that admins made of results; those that ship with the program are not here';

create table template_settings (
  template_id text not null,
  is_on boolean not null,
  example jsonb,
  decided_by bigint not null,
  decided_at timestamp with time zone not null default now(),
  constraint template_settings_pkey primary key (template_id)
);
comment on table template_settings is
  'Which templates are on offer, and the files of their examples by Telegram''s ids; without a row: on, none';

create table shares (
  secret text not null,
  job_id text not null,
  user_id bigint not null,
  with_words boolean not null,
  step bigint not null,
  created_at timestamp with time zone not null default now(),
  constraint shares_pkey primary key (secret),
  constraint shares_job_id_key unique (job_id),
  constraint shares_job_id_fkey foreign key (job_id) references jobs(id),
  constraint shares_user_id_fkey foreign key (user_id) references users(id)
);
comment on column shares.with_words is
  'Whether whoever has the link reads what the owner wrote';

create table word_uses (
  ref text not null,
  user_id bigint not null,
  created_at timestamp with time zone not null default now(),
  asks integer not null default 0,
  booked_asks integer not null default 0,
  constraint word_uses_pkey primary key (ref),
  constraint word_uses_user_id_fkey foreign key (user_id) references users(id)
);
comment on table word_uses is
  'Improvements of words, counted by user and day; what failed is taken out again';
comment on column word_uses.asks is
  'Requests that the provider may have charged for; a process that died leaves some unbooked';
create index word_uses_by_user on word_uses using btree (user_id, created_at);

create table sales_terms (
  since timestamp with time zone not null default clock_timestamp(),
  files text not null,
  rates jsonb not null,
  constraint sales_terms_pkey primary key (since)
);
comment on table sales_terms is
  'Model files (their hash) and rates by which the bot sold from then on; a row per change';
