import Router from '@koa/router'
import { z } from 'zod'
import { conversationId } from '../../machines/conversation/actor-id.ts'
import { JOB_STATUSES } from '../../machines/job/statuses.ts'
import { listLetters } from '../../store/console/dead-letters.ts'
import { type JobFilter, listJobs } from '../../store/console/jobs.ts'
import { listInputs } from '../../store/console/journal.ts'
import {
  countHolds,
  listEntries,
  listHolds,
  sumAccounts,
  sumEntries,
} from '../../store/console/ledger.ts'
import { listActions } from '../../store/console/operator-actions.ts'
import { readOrderRows } from '../../store/console/sequence.ts'
import { readDeadLetter } from '../../store/engine/dead-letters.ts'
import { ledgerDiscrepancy, unbalancedAccounts } from '../../store/ledger.ts'
import { type ConsoleDeps, visitorIn } from './console-deps.ts'
import { ConsoleError } from './console-error.ts'
import type {
  ActionRecord,
  HoldItem,
  LedgerItem,
  LedgerState,
  LetterDetail,
  LetterKind,
  Sequence,
  UpdateItem,
} from './contract.ts'
import { type Allowed, toJobItem, toLetterItem } from './items.ts'
import {
  cursorParam,
  limitParam,
  numberCursor,
  numberParam,
  pageOf,
  rowCursor,
  stampSchema,
  textParam,
} from './params.ts'
import { hide } from './redactor.ts'
import { revealedUntil } from './reveal.ts'
import { sequenceOf } from './sequence.ts'

const inputCursor = z.object({ at: stampSchema, actor: z.string(), seq: z.int() })
const { ended } = JOB_STATUSES
/** What `?open=` asks for; anything else asks for all jobs. */
const OPEN = new Map<string | undefined, Pick<JobFilter, 'status' | 'statusNot'>>([
  ['1', { statusNot: ended }],
  ['0', { status: ended }],
])
const kinds = z.enum(['event', 'effect', 'callback', 'update', 'snapshot'])

/** Jobs, dead letters, the ledger, what came in, and what operators did. */
export function createListsRouter(deps: ConsoleDeps): Router {
  const { db, now, actions, botId } = deps
  const router = new Router()
  const may: Allowed = (name) => actions.includes(name)

  // `?state=&model=&user=&olderMs=&newerMs=&open=1&limit=&cursor=`, newest first.
  router.get('/jobs', async (context) => {
    const limit = limitParam(context)
    const older = numberParam(context, 'olderMs')
    const newer = numberParam(context, 'newerMs')
    const state = textParam(context, 'state')?.split(',')
    const rows = await listJobs(db, {
      ...(state === undefined ? OPEN.get(textParam(context, 'open')) : { status: state }),
      model: textParam(context, 'model'),
      user: numberParam(context, 'user'),
      until: older === undefined ? undefined : new Date(now() - older),
      since: newer === undefined ? undefined : new Date(now() - newer),
      after: cursorParam(context, rowCursor),
      limit: limit + 1,
    })
    context.body = pageOf(
      rows,
      limit,
      (row) => toJobItem(row, may),
      ({ stamp, id }) => ({ at: stamp, id }),
    )
  })

  router.get('/jobs/:id/sequence', async (context) => {
    const { job, conversation } = await readOrderRows(db, context.params.id ?? '')
    if (job.length === 0) throw new ConsoleError(404, 'actor.unknown')
    context.body = sequenceOf(job, conversation) satisfies Sequence
  })

  // `?kind=&limit=&cursor=&all=1` (with those replayed already), newest first.
  router.get('/letters', async (context) => {
    const limit = limitParam(context)
    const kind = textParam(context, 'kind')
    const parsed = kinds.safeParse(kind)
    if (kind !== undefined && !parsed.success)
      throw new ConsoleError(400, 'console.invalid', 'kind')
    const rows = await listLetters(db, {
      kind: kind === undefined ? null : (kind as LetterKind),
      all: textParam(context, 'all') === '1',
      before: cursorParam(context, numberCursor),
      limit: limit + 1,
    })
    context.body = pageOf(
      rows,
      limit,
      (row) => toLetterItem(row, may),
      ({ id }) => id,
    )
  })

  router.get('/letters/:id', async (context) => {
    const id = Number(context.params.id)
    const row = Number.isSafeInteger(id) ? await readDeadLetter(db, id) : undefined
    if (row === undefined) throw new ConsoleError(404, 'not-found')
    const until = await revealedUntil(db, visitorIn(context), `letter:${id}`, now())
    const { payload } = row
    context.body = {
      ...toLetterItem(row, may),
      payload: until === null ? hide(payload) : payload,
      revealed: until !== null,
    } satisfies LetterDetail
  })

  router.get('/ledger', async (context) => {
    const [accounts, byKind, holds, off, unbalanced] = await Promise.all([
      sumAccounts(db),
      sumEntries(db),
      countHolds(db),
      ledgerDiscrepancy(db),
      unbalancedAccounts(db),
    ])
    context.body = {
      ok: off === 0 && holds.kopecks === accounts.held,
      discrepancyKopecks: off,
      auditedAt: now(),
      openHolds: holds.count,
      heldKopecks: accounts.held,
      availableKopecks: accounts.available,
      accounts: accounts.accounts,
      unbalancedUsers: unbalanced.slice(0, 100).map(({ user_id }) => user_id),
      kinds: byKind,
    } satisfies LedgerState
  })

  // `?user=&ref=&kind=&limit=&cursor=`, newest first.
  router.get('/ledger/entries', async (context) => {
    const limit = limitParam(context)
    const rows = await listEntries(db, {
      user: numberParam(context, 'user'),
      ref: textParam(context, 'ref'),
      kind: textParam(context, 'kind'),
      before: cursorParam(context, numberCursor),
      limit: limit + 1,
    })
    const known = new Set(
      (
        await listJobs(db, { ids: rows.map((r) => r.ref), after: null, limit: rows.length + 1 })
      ).map(({ id }) => id),
    )
    context.body = pageOf(
      rows,
      limit,
      (row): LedgerItem => ({
        id: row.id,
        at: row.created_at.getTime(),
        userId: row.user_id,
        kind: row.kind,
        ref: row.ref,
        actor: known.has(row.ref) ? `job:${row.ref}` : null,
        source: row.source,
        target: row.target,
        kopecks: row.amount_kopecks,
      }),
      ({ id }) => id,
    )
  })

  // Open holds, oldest first. `?limit=&cursor=`
  router.get('/ledger/holds', async (context) => {
    const limit = limitParam(context)
    const rows = await listHolds(db, {
      after: cursorParam(context, numberCursor),
      limit: limit + 1,
    })
    context.body = pageOf(
      rows,
      limit,
      (row): HoldItem => ({
        ref: row.ref,
        actor: row.job_status === null ? null : `job:${row.ref}`,
        userId: row.user_id,
        kopecks: row.kopecks,
        since: row.created_at.getTime(),
        jobStatus: row.job_status,
      }),
      ({ id }) => id,
    )
  })

  // What came from outside (updates, callbacks), newest first. `?user=&limit=&cursor=`
  router.get('/updates', async (context) => {
    const limit = limitParam(context)
    const user = numberParam(context, 'user')
    const rows = await listInputs(db, {
      actor: user === undefined ? null : conversationId(botId, user),
      after: cursorParam(context, inputCursor),
      limit: limit + 1,
      now: new Date(now()),
    })
    context.body = pageOf(
      rows,
      limit,
      (row): UpdateItem => ({
        actor: row.actor_id,
        seq: row.seq,
        at: row.at.getTime(),
        key: row.key,
        type: row.type,
        from: row.from,
        to: row.to,
      }),
      ({ stamp, actor_id, seq }) => ({ at: stamp, actor: actor_id, seq }),
    )
  })

  // What operators did, newest first.
  router.get('/actions', async (context) => {
    const limit = limitParam(context)
    const before = cursorParam(context, numberCursor)
    const rows = await listActions(db, { before, limit: limit + 1 })
    context.body = pageOf(
      rows,
      limit,
      ({ id, name, target, who, why, at, outcome, detail, seq }): ActionRecord => ({
        ...{ id, name: name as ActionRecord['name'], target, who, why },
        ...{ at: at.getTime(), outcome, detail, seq },
      }),
      ({ id }) => id,
    )
  })

  return router
}
