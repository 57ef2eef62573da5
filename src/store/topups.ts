import type { Selectable } from 'kysely'
import type { Db } from './db.ts'
import type { InvoiceRow, PaymentRow } from './schema.ts'

export type StoredInvoice = Selectable<InvoiceRow>
export type StoredPayment = Selectable<PaymentRow>

/** A top-up as its machine sees it; written in the transaction of each of its steps. */
export interface InvoiceRecord {
  id: string
  userId: number
  language: 'ru' | 'en'
  way: 'stars' | 'manual' | 'found'
  status: string
  kopecks: number
  stars: number
  adminId: number | null
  errorCode: string | null
  receipt: ReceiptRecord | null
  payments: readonly PaymentRecord[]
}

interface ReceiptRecord {
  kind: 'photo' | 'document'
  fileId: string
  uniqueId: string
  hash: string | null
  sameAs: string[]
}

interface PaymentRecord {
  chargeId: string
  userId: number
  stars: number
  kopecks: number
  state: 'credited' | 'refunding' | 'refunded'
  refunds: number
  debtKopecks: number
}

/** Writes invoices and their payments; who asked, amount and Stars never change. */
export async function recordInvoices(db: Db, given: readonly InvoiceRecord[]): Promise<void> {
  if (given.length === 0) return
  // In order of ids, so that two writers never wait for each other.
  const invoices = given.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  await ensurePayers(db, invoices)
  await db
    .insertInto('invoices')
    .values(
      invoices.map(({ receipt, ...invoice }) => ({
        id: invoice.id,
        user_id: invoice.userId,
        way: invoice.way,
        status: invoice.status,
        kopecks: invoice.kopecks,
        stars: invoice.stars,
        admin_id: invoice.adminId,
        error_code: invoice.errorCode,
        receipt_kind: receipt?.kind ?? null,
        receipt_file_id: receipt?.fileId ?? null,
        receipt_unique_id: receipt?.uniqueId ?? null,
        receipt_hash: receipt?.hash ?? null,
        receipt_same_as: receipt?.sameAs ?? [],
      })),
    )
    .onConflict((oc) =>
      oc.column('id').doUpdateSet((eb) => ({
        status: eb.ref('excluded.status'),
        admin_id: eb.ref('excluded.admin_id'),
        error_code: eb.ref('excluded.error_code'),
        receipt_kind: eb.ref('excluded.receipt_kind'),
        receipt_file_id: eb.ref('excluded.receipt_file_id'),
        receipt_unique_id: eb.ref('excluded.receipt_unique_id'),
        receipt_hash: eb.ref('excluded.receipt_hash'),
        receipt_same_as: eb.ref('excluded.receipt_same_as'),
        updated_at: new Date(),
      })),
    )
    .execute()
  await recordPayments(db, invoices)
}

/** Whoever pays may never have written to the bot: then this makes them known. */
async function ensurePayers(db: Db, invoices: readonly InvoiceRecord[]): Promise<void> {
  const ids = new Map<number, 'ru' | 'en'>()
  for (const { userId, language, payments } of invoices) {
    for (const id of [userId, ...payments.map((p) => p.userId)]) ids.set(id, language)
  }
  const users = [...ids].sort(([a], [b]) => a - b)
  await db
    .insertInto('users')
    .values(users.map(([id, language]) => ({ id, language, blocked_at: null })))
    .onConflict((oc) => oc.column('id').doNothing())
    .execute()
  await db
    .insertInto('accounts')
    .values(users.map(([id]) => ({ user_id: id })))
    .onConflict((oc) => oc.column('user_id').doNothing())
    .execute()
}

async function recordPayments(db: Db, invoices: readonly InvoiceRecord[]): Promise<void> {
  const rows = invoices.flatMap(({ id, payments }) =>
    payments.map((p) => ({
      charge_id: p.chargeId,
      invoice_id: id,
      user_id: p.userId,
      stars: p.stars,
      kopecks: p.kopecks,
      state: p.state,
      refunds: p.refunds,
      debt_kopecks: p.debtKopecks,
    })),
  )
  if (rows.length === 0) return
  await db
    .insertInto('payments')
    .values(rows.toSorted((a, b) => (a.charge_id < b.charge_id ? -1 : 1)))
    .onConflict((oc) =>
      oc.column('charge_id').doUpdateSet((eb) => ({
        state: eb.ref('excluded.state'),
        refunds: eb.ref('excluded.refunds'),
        debt_kopecks: eb.ref('excluded.debt_kopecks'),
        updated_at: new Date(),
      })),
    )
    .execute()
}

/** The invoice that somebody is about to pay, and the language that they chose here. */
export async function readCheckout(
  db: Db,
  { invoiceId, payerId }: { invoiceId: string; payerId: number },
): Promise<{ invoice: StoredInvoice | undefined; language: 'ru' | 'en' | undefined }> {
  const [invoice, user] = await Promise.all([
    db.selectFrom('invoices').selectAll().where('id', '=', invoiceId).executeTakeFirst(),
    db.selectFrom('users').select('language').where('id', '=', payerId).executeTakeFirst(),
  ])
  return { invoice, language: user?.language }
}

export const readInvoice = (db: Db, id: string): Promise<StoredInvoice | undefined> =>
  db.selectFrom('invoices').selectAll().where('id', '=', id).executeTakeFirst()

export const readPayment = (db: Db, chargeId: string): Promise<StoredPayment | undefined> =>
  db.selectFrom('payments').selectAll().where('charge_id', '=', chargeId).executeTakeFirst()

/** A user's top-ups in these states, oldest first. */
export const readTopupsOf = (
  db: Db,
  userId: number,
  statuses: readonly string[],
): Promise<StoredInvoice[]> =>
  db
    .selectFrom('invoices')
    .selectAll()
    .where('user_id', '=', userId)
    .where('status', 'in', statuses)
    .orderBy('created_at')
    .execute()

/** Bank transfers that wait for a decision, in one of the states `reviewable`; oldest first. */
export const readReviews = (
  db: Db,
  reviewable: readonly string[],
  limit: number,
  offset = 0,
): Promise<StoredInvoice[]> =>
  db
    .selectFrom('invoices')
    .selectAll()
    .where('status', 'in', reviewable)
    .orderBy('created_at')
    .limit(limit)
    .offset(offset)
    .execute()

/** Other requests since `since` that came with the same file, or with the same bytes. */
export async function findSameReceipts(
  db: Db,
  receipt: { id: string; uniqueId: string; hash: string | null; since: Date },
): Promise<string[]> {
  const rows = await db
    .selectFrom('invoices')
    .select('id')
    .where('id', '<>', receipt.id)
    .where('created_at', '>=', receipt.since)
    .where((eb) =>
      eb.or([
        eb('receipt_unique_id', '=', receipt.uniqueId),
        ...(receipt.hash === null ? [] : [eb('receipt_hash', '=', receipt.hash)]),
      ]),
    )
    .orderBy('created_at')
    .limit(20)
    .execute()
  return rows.map(({ id }) => id)
}
