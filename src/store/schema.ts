import type { Generated } from 'kysely'
import type { EngineTables, Json, Stamp } from './engine/tables.ts'

/** Rows as Kysely sees them; `schema.sql` is the truth and is dumped from a migrated database. */
export interface Schema extends EngineTables {
  screens: ScreenRow
  sends: SendRow
  alerts: { topic: string; raised_at: Date }
  users: UserRow
  accounts: AccountRow
  jobs: JobRow
  favourites: FavouriteRow
  ledger_entries: LedgerEntryRow
  invoices: InvoiceRow
  payments: PaymentRow
  refund_requests: RefundRequestRow
  star_transactions: StarTransactionRow
  star_audits: StarAuditRow
  ledger_postings: { entry_id: number; user_id: number; account: string; kopecks: number }
  free_counters: FreeCounterRow
  free_budget: { day: string; used_credits: number; allowed_credits: number }
  free_uses: FreeUseRow
  free_grants: FreeGrantRow
  referrals: ReferralRow
  user_names: UserNameRow
  user_rules: UserRuleRow
  templates: TemplateRow
  template_settings: TemplateSettingsRow
  shares: ShareRow
  sales_terms: { since: Stamp; files: string; rates: unknown }
  word_uses: WordUseRow
  reminders: { user_id: number; kind: 'free'; due_at: Date }
  promo_codes: PromoCodeRow
  promo_uses: { code: string; user_id: number; ref: string; created_at: Stamp }
  pauses: PauseRow
  broadcasts: BroadcastRow
  broadcast_recipients: BroadcastRecipientRow
  news_choices: NewsChoiceRow
  installation: InstallationRow
  model_pauses: ModelPauseRow
  model_terms: ModelTermsRow
  provider_changes: ProviderChangeRow
  provider_diff: ProviderDiffRow
  provider_account: ProviderAccountRow
  chat_topics: { chat_id: number; thread_id: number | null }
  overruns: OverrunRow
  erasures: ErasureRow
  support_threads: SupportThreadRow
  support_messages: SupportMessageRow
  erased_marks: ErasedMarkRow
  console_sessions: ConsoleSessionRow
  operator_actions: OperatorActionRow
}

export interface ScreenRow {
  actor_id: string
  chat_id: number
  message_id: number | null
  seq: number
  floor: number
  digest: string
  transient: boolean
  updated_at: Stamp
}

export interface SendRow {
  key: string
  chat_id: number
  status: 'sending' | 'sent'
  method: string | null
  message_ids: number[]
  file_ids: string[]
  attempts: Generated<number>
  started_at: Stamp
  sent_at: Date | null
  /** The process that is sending it; null: none, or one of release 0.1. */
  sender: Generated<string | null>
  /** Since when another process waits for a sign of life of the sender. */
  doubted_at: Generated<Date | null>
}

export interface UserRow {
  id: number
  language: 'ru' | 'en'
  blocked_at: Date | null
  created_at: Stamp
  welcomed_at: Generated<Date | null>
}

export interface AccountRow {
  user_id: number
  available_kopecks: Generated<number>
  held_kopecks: Generated<number>
  /** Given money: spent before the rest, never paid out. */
  bonus_kopecks: Generated<number>
}

export interface JobRow {
  id: string
  user_id: number
  chat_id: number
  model_id: string
  status: string
  price_kopecks: number
  credits: number
  credits_consumed: number | null
  input: Json
  task_id: string | null
  result: Json | null
  error_code: string | null
  courtesy: Generated<boolean>
  created_at: Stamp
  updated_at: Stamp
  took_ms: Generated<number | null>
}

export interface FavouriteRow {
  user_id: number
  job_id: string
  saved: boolean
  step: number
  saved_at: Stamp
}

export interface LedgerEntryRow {
  id: Generated<number>
  user_id: number
  kind: string
  ref: string
  source: string
  target: string
  amount_kopecks: number
  created_at: Stamp
  bonus_kopecks: Generated<number>
  made_by: number | null
  reason: string | null
}

export interface FreeCounterRow {
  user_id: number
  bonus: Generated<number>
  day: Generated<string>
  day_used: Generated<number>
  day_allowed: Generated<number>
  hour: Generated<Date>
  hour_used: Generated<number>
  hour_allowed: Generated<number>
}

export interface FreeUseRow {
  job_id: string
  user_id: number
  source: 'daily' | 'bonus' | 'unlimited'
  day: string
  hour: Date
  credits: number
  created_at: Stamp
  returned_at: Date | null
}

export interface FreeGrantRow {
  id: Generated<number>
  user_id: number
  kind: 'inviting' | 'invited' | 'promo'
  ref: string
  amount: number
  created_at: Stamp
}

export interface ReferralRow {
  referred_id: number
  referrer_id: number
  created_at: Stamp
  /** When the friend got their first order that they paid for. */
  earned_at: Generated<Date | null>
  outcome: Generated<'rewarded' | 'capped' | null>
  /** When both sides knew of the reward. */
  settled_at: Generated<Date | null>
}

/** How Telegram names a user. */
export interface UserNameRow {
  user_id: number
  username: string | null
  first_name: string | null
  seen_at: Stamp
}

/** What admins decided about a user. */
export interface UserRuleRow {
  user_id: number
  banned_at: Date | null
  /** What a banned user reads. */
  words: string | null
  jobs_per_hour: number | null
  decided_by: number
  decided_at: Stamp
}

/** A template that an admin made of a result. */
export interface TemplateRow {
  id: string
  title: string
  /** Task of the picks under which it stands; null: none. */
  task: string | null
  model_id: string
  answers: Json
  /** With gaps in braces. */
  words: string | null
  /** Kinds of files that whoever orders must send. */
  files: Json
  made_by: number
  created_at: Stamp
}

export interface TemplateSettingsRow {
  template_id: string
  is_on: boolean
  /** Files by Telegram's ids; null: none. */
  example: Json | null
  decided_by: number
  decided_at: Stamp
}

/** A result that its owner shares; whoever has the secret may see it and order the same. */
export interface ShareRow {
  secret: string
  job_id: string
  user_id: number
  with_words: boolean
  /** Step of the conversation that said so last. */
  step: number
  created_at: Stamp
}

export interface PromoCodeRow {
  code: string
  kopecks: number
  free: number
  uses_limit: number
  used: Generated<number>
  expires_at: Date | null
  created_by: number
  created_at: Stamp
}

export interface PauseRow {
  topic: string
  code: string
  needed_credits: number
  since: Stamp
  checked_at: Date | null
  /** Orders of at most so many credits are still taken; null: none. */
  left_credits: number | null
  /** When that was known, by the database's clock. */
  left_at: Date | null
}

/** The balance of the provider as it was last read. */
export interface ProviderAccountRow {
  only_row: Generated<boolean>
  asked_at: Date | null
  credits: number | null
  read_at: Date | null
}

/** A model that is not sold for now. */
export interface ModelPauseRow {
  model_id: string
  code: string
  since: Stamp
  /** Null: until somebody ends it. */
  until: Date | null
  /** The admin; null: the bot itself. */
  decided_by: Generated<number | null>
  why: Generated<string | null>
}

/** What admins decided about a model's price, over what its file says. */
export interface ModelTermsRow {
  model_id: string
  /** In place of the general one; null: that one. */
  markup: number | null
  /** Costs users nothing until then; null or over: it does. */
  free_until: Date | null
  decided_by: number
  why: string
  decided_at: Stamp
}

/** A difference between the provider's catalogue and our files; told once. */
export interface ProviderChangeRow {
  id: Generated<number>
  key: string
  kind: string
  model_id: string
  what: string
  found_at: Stamp
  told_at: Generated<Date | null>
  /** Null: it waits for an admin. */
  decision: Generated<'accepted' | 'paused' | 'ignored' | null>
  decided_by: Generated<number | null>
  decided_at: Generated<Date | null>
}

/** One row: the newest comparison with the provider's catalogue. */
export interface ProviderDiffRow {
  is_one: Generated<boolean>
  begun_at: Date
  ended_at: Date | null
  changes: number | null
}

/** An order for which the provider consumed more than was quoted. */
export interface OverrunRow {
  job_id: string
  model_id: string
  quoted_credits: number
  consumed_credits: number
  is_rounding: boolean
  found_at: Stamp
  told_at: Date | null
}

export interface ConsoleSessionRow {
  hash: string
  who: string
  created_at: Stamp
  expires_at: Date
}

export interface OperatorActionRow {
  id: Generated<number>
  name: string
  target: string
  who: string
  why: string
  session: string
  at: Stamp
  outcome: Generated<'asked' | 'done' | 'refused'>
  detail: string | null
  seq: number | null
}

export interface InvoiceRow {
  id: string
  user_id: number
  way: 'stars' | 'manual' | 'found'
  status: string
  kopecks: number
  stars: number
  admin_id: number | null
  error_code: string | null
  receipt_kind: 'photo' | 'document' | null
  receipt_file_id: string | null
  receipt_unique_id: string | null
  receipt_hash: string | null
  receipt_same_as: string[]
  created_at: Stamp
  updated_at: Stamp
}

export interface PaymentRow {
  charge_id: string
  invoice_id: string
  user_id: number
  stars: number
  kopecks: number
  state: 'credited' | 'refunding' | 'refunded'
  refunds: number
  debt_kopecks: number
  debt_paid_kopecks: Generated<number>
  created_at: Stamp
  updated_at: Stamp
}

export interface RefundRequestRow {
  charge_id: string
  user_id: number
  state: 'open' | 'granted' | 'declined'
  decided_by: number | null
  asked_at: Stamp
  decided_at: Date | null
}

export interface StarTransactionRow {
  id: string
  direction: 'in' | 'out'
  kind: string
  user_id: number | null
  stars: number
  payload: string | null
  happened_at: Date
  seen_at: Stamp
}

export interface StarAuditRow {
  id: Generated<number>
  finished_at: Date
  seen: number
  missed_payments: number
  missed_refunds: number
  unexplained: number
}

/** A broadcast as its machine sees it, for lists and for the fence. */
export interface BroadcastRow {
  id: string
  made_by: number
  status: string
  words: string | null
  has_turn: Generated<boolean>
  fixed_at: Date | null
  created_at: Stamp
  updated_at: Stamp
}

/** One of those a broadcast is for. */
export interface BroadcastRecipientRow {
  broadcast_id: string
  user_id: number
  status: Generated<'waiting' | 'sending' | 'sent' | 'blocked' | 'failed' | 'skipped' | 'lost'>
  /** Who sends it, while it is being sent. */
  taker: string | null
  message_id: number | null
  error_code: string | null
  changed_at: Stamp
}

/** Whether somebody wants news; no row: they have not said. */
export interface NewsChoiceRow {
  user_id: number
  choice: 'on' | 'off'
  chosen_at: Stamp
}

export interface InstallationRow {
  single: Generated<boolean>
  bot_id: number
  money: 'real' | 'play'
  since: Stamp
}

/** Somebody whose data was erased, as the books know them. */
export interface ErasureRow {
  alias: number
  asked_by: 'person' | 'admin'
  at: Stamp
  transaction: Generated<string>
}

/** What is not given again to somebody who comes back after an erasure. */
export interface ErasedMarkRow {
  mark: string
  /** First day of the month of the erasure. */
  month: string
  banned: boolean
  day: string | null
  day_used: Generated<number>
  hour: Date | null
  hour_used: Generated<number>
  promo_codes: Generated<string[]>
}

/** One user's thread with support; chat and topic are where the staff reads it. */
export interface SupportThreadRow {
  user_id: number
  state: string
  chat_id: number | null
  topic_id: number | null
  answered_by: string | null
  updated_at: Stamp
}

/** A message in the chat of the staff, and whose thread it belongs to. */
export interface SupportMessageRow {
  chat_id: number
  message_id: number
  user_id: number
  sent_at: Stamp
}

interface WordUseRow {
  ref: string
  user_id: number
  created_at: Stamp
  /** Requests that the provider may have charged for, and those of them that are in the ledger. */
  asks: Generated<number>
  booked_asks: Generated<number>
}
