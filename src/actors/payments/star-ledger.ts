import type { Db } from '../../store/db.ts'
import {
  countTransactions,
  keepTransactions,
  type NewTransaction,
  unseenTransactions,
} from '../../store/star-transactions.ts'
import type { ApiResult, TelegramApi } from '../telegram/api.ts'

type Transaction = ApiResult<'getStarTransactions'>['transactions'][number]

const PAGE = 100
/** Rows may move on while they are read: pages overlap, and each row counts once by its id. */
const OVERLAP = 10

/**
 * Reads Telegram's list of Star transactions as far as it is new, whichever way it is sorted, and
 * keeps all of that at once or, when reading fails in the middle, nothing: half a list would hide
 * its other half from the next reader. Resolves with how many rows it saw.
 * https://core.telegram.org/bots/api#getstartransactions
 */
export const createStarLedger =
  ({ api, db }: { api: Pick<TelegramApi, 'call'>; db: Db }) =>
  async (signal: AbortSignal): Promise<number> => {
    const known = await countTransactions(db)
    const rows = new Map<string, NewTransaction>()
    let seen = 0
    for (let offset = 0; ; ) {
      const page = { offset, limit: PAGE }
      const { transactions } = await api.call('getStarTransactions', page, { signal })
      seen += transactions.length
      const fresh = await unseenTransactions(db, transactions.map(toRow))
      for (const row of fresh) rows.set(`${row.direction}:${row.id}`, row)
      const oldestFirst = isAscending(transactions)
      // Newest first: behind a page of nothing new there is nothing new.
      const isOver = transactions.length < PAGE || (oldestFirst === false && fresh.length === 0)
      if (isOver) {
        await keepTransactions(db, [...rows.values()])
        return seen
      }
      const ahead = oldestFirst && offset === 0 ? known - PAGE : 0
      offset = Math.max(offset + PAGE - OVERLAP, ahead)
    }
  }

/** Undefined where all are of one moment. */
function isAscending(transactions: readonly Transaction[]): boolean | undefined {
  const first = transactions[0]?.date ?? 0
  const last = transactions.at(-1)?.date ?? 0
  return first === last ? undefined : first < last
}

function toRow({ id, amount, date, source, receiver }: Transaction): NewTransaction {
  const partner = source ?? receiver
  const isUser = partner?.type === 'user'
  return {
    id,
    direction: source === undefined ? 'out' : 'in',
    kind: isUser ? partner.transaction_type : (partner?.type ?? 'unknown'),
    user_id: isUser ? partner.user.id : null,
    stars: amount,
    payload: isUser && 'invoice_payload' in partner ? (partner.invoice_payload ?? null) : null,
    happened_at: new Date(date * 1_000),
  }
}
