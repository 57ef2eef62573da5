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
end $$;

create or replace function check_job_money() returns trigger language plpgsql as $$
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
end $$;

create or replace function refuse_lost_job() returns bigint language plpgsql as $$
begin
  raise exception 'a job was dropped because its key was being taken'
    using errcode = 'serialization_failure';
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
) with (fillfactor=80);
comment on table actors is
  'One row per statechart; version is the fence: it grows by one per journal row';

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
);
comment on table journal is
  'Append-only: every event of every actor; (actor_id, key) makes a happening count once';
create index journal_at on journal using brin (at);
create index journal_checkpoints on journal using btree (at, actor_id, seq)
    where (checkpoint is not null);
create trigger journal_append_only before update on journal
    for each row execute function refuse_change();

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

create table instances (
  id text not null,
  lock_key bigint not null,
  worker_ids text[] not null default '{}'::text[],
  started_at timestamp with time zone not null default now(),
  constraint instances_pkey primary key (id),
  constraint instances_lock_key_key unique (lock_key)
);

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
);
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
  constraint sends_pkey primary key (key),
  constraint sends_attempts_check check (attempts > 0),
  constraint sends_check check ((status = 'sent') = (sent_at is not null)),
  constraint sends_status_check check (status = any (array['sending', 'sent']))
);

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
  constraint users_pkey primary key (id),
  constraint users_id_check check (id > 0),
  constraint users_language_check check (language = any (array['ru', 'en']))
);

create table accounts (
  user_id bigint not null,
  available_kopecks bigint not null default 0,
  held_kopecks bigint not null default 0,
  constraint accounts_pkey primary key (user_id),
  constraint accounts_user_id_fkey foreign key (user_id) references users(id),
  constraint accounts_available_not_negative check (available_kopecks >= 0),
  constraint accounts_held_not_negative check (held_kopecks >= 0)
);

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
  constraint jobs_pkey primary key (id),
  constraint jobs_task_id_key unique (task_id),
  constraint jobs_user_id_fkey foreign key (user_id) references users(id),
  constraint jobs_check check ((status = 'failed') <= (error_code is not null)),
  constraint jobs_credits_check check (credits >= 0::numeric),
  constraint jobs_price_kopecks_check check (price_kopecks >= 0),
  constraint jobs_status_check check (status = any (array['preparing', 'pending', 'creating', 'retrying', 'created', 'unknown', 'delivering', 'delivered', 'failed']))
);
create index jobs_by_user on jobs using btree (user_id, created_at desc);
create index jobs_open on jobs using btree (status, created_at)
    where (status <> all (array['delivered', 'failed']));
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
  constraint ledger_entries_pkey primary key (id),
  constraint ledger_entry_once unique (kind, ref),
  constraint ledger_entries_user_id_fkey foreign key (user_id) references accounts(user_id),
  constraint ledger_entries_amount_kopecks_check check (amount_kopecks > 0),
  constraint ledger_sides check (kind = 'top_up' and source = 'house' and target = 'available'
    or kind = 'bonus' and source = 'house' and target = 'available'
    or kind = 'credit' and source = 'house' and target = 'available'
    or kind = 'debit' and source = 'available' and target = 'house'
    or kind = 'refund' and source = 'available' and target = 'house'
    or kind = 'hold' and source = 'available' and target = 'held'
    or kind = 'capture' and source = 'held' and target = 'house'
    or kind = 'remainder' and source = 'held' and target = 'available'
    or kind = 'release' and source = 'held' and target = 'available')
);
create unique index ledger_settled_once on ledger_entries using btree (ref)
    where (kind = any (array['capture', 'release']));
create index ledger_by_user on ledger_entries using btree (user_id, id desc);
create index ledger_by_ref on ledger_entries using btree (ref);
create trigger ledger_append_only before delete or update on ledger_entries
    for each row execute function refuse_change();
create trigger ledger_applies after insert on ledger_entries
    for each row execute function apply_ledger_entry();
create trigger ledger_never_emptied before truncate on ledger_entries
    for each statement execute function refuse_change();
