import { type Kysely, sql } from 'kysely'

/**
 * Top-ups: what was asked for (invoices), what was really paid (payments), and what Telegram's own
 * books say (star_transactions), with the results of comparing the two.
 */
export const payments = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table invoices (
        id text primary key,
        user_id bigint not null references users,
        way text not null check (way in ('stars', 'manual', 'found')),
        status text not null check (status in ('created', 'invoiced', 'checkout', 'expired',
          'undelivered', 'unclaimed', 'credited', 'refunding', 'refunded', 'awaiting', 'reviewing',
          'accepted', 'rejected')),
        kopecks bigint not null check (kopecks > 0),
        stars bigint not null check (stars > 0),
        admin_id bigint,
        error_code text,
        receipt_kind text check (receipt_kind in ('photo', 'document')),
        receipt_file_id text,
        receipt_unique_id text,
        receipt_hash text,
        receipt_same_as text[] not null default '{}',
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        constraint invoice_reviewed_with_receipt
          check (status not in ('reviewing', 'accepted', 'rejected') or receipt_file_id is not null)
      )`.execute(db)
    await sql`create index invoices_by_user on invoices (user_id, created_at desc)`.execute(db)
    await sql`
      create index invoices_in_review on invoices (created_at)
        where status = 'reviewing'`.execute(db)
    await sql`
      create index invoices_by_receipt on invoices (receipt_unique_id)
        where receipt_unique_id is not null`.execute(db)
    await sql`
      create index invoices_by_receipt_hash on invoices (receipt_hash)
        where receipt_hash is not null`.execute(db)

    // Charge ids run past 128 characters.
    await sql`
      create table payments (
        charge_id text primary key,
        invoice_id text not null references invoices,
        user_id bigint not null references users,
        stars bigint not null check (stars > 0),
        kopecks bigint not null check (kopecks >= 0),
        state text not null check (state in ('credited', 'refunding', 'refunded')),
        refunds int not null default 0,
        debt_kopecks bigint not null default 0 check (debt_kopecks between 0 and kopecks),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db)
    await sql`create index payments_by_user on payments (user_id, created_at desc)`.execute(db)
    await sql`create index payments_by_invoice on payments (invoice_id)`.execute(db)

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
          ('cost', 'house', 'costs')))`.execute(db)

    await sql`
      create function check_payment_money() returns trigger language plpgsql as $$
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
      end $$`.execute(db)
    await sql`
      create constraint trigger payments_money_explained after insert or update on payments
        deferrable initially deferred for each row execute function check_payment_money()`.execute(
      db,
    )

    await sql`
      create function check_invoice_money() returns trigger language plpgsql as $$
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
      end $$`.execute(db)
    await sql`
      create constraint trigger invoices_money_explained after insert or update of status on invoices
        deferrable initially deferred for each row execute function check_invoice_money()`.execute(
      db,
    )

    await sql`
      create table refund_requests (
        charge_id text primary key references payments,
        user_id bigint not null references users,
        state text not null check (state in ('open', 'granted', 'declined')),
        decided_by bigint,
        asked_at timestamptz not null default now(),
        decided_at timestamptz
      )`.execute(db)
    await sql`
      create index refund_requests_open on refund_requests (asked_at)
        where state = 'open'`.execute(db)

    await sql`
      create table star_transactions (
        id text not null,
        direction text not null check (direction in ('in', 'out')),
        kind text not null,
        user_id bigint,
        stars bigint not null,
        payload text,
        happened_at timestamptz not null,
        seen_at timestamptz not null default now(),
        primary key (id, direction)
      )`.execute(db)

    await sql`
      create table star_audits (
        id bigint generated always as identity primary key,
        finished_at timestamptz not null default now(),
        seen int not null,
        missed_payments int not null,
        missed_refunds int not null,
        unexplained int not null
      )`.execute(db)
  },
}
