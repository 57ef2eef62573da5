import { z } from 'zod'
import {
  LETTER_KINDS,
  type LetterKind,
  type StuckDesk,
  type StuckKind,
} from '../../machines/conversation/admin/orphans.ts'
import type { Staff } from '../../machines/conversation/admin/roles.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { JOB_STATUSES } from '../../machines/job/statuses.ts'
import { askAboutOrders, findOrphans, lettersOf, type OrphanKind } from '../../store/orphans.ts'
import { type EffectJob, effectKey } from '../engine/effect.ts'
import { together } from '../engine/together.ts'
import { createAdminGate } from './admin.ts'
import { doneOrRefused, journalled } from './admin-journal.ts'
import { replayLetter, replayLetters } from './ask-for-replay.ts'
import { ASKED, declareEffect, SECOND, userSchema } from './declare.ts'
import type { EffectDeps } from './deps.ts'

export interface AdminOrphansDeps extends EffectDeps {
  staff: Staff
}

const SHOWN = 8
const kindSchema = z.enum(LETTER_KINDS)
const lookSchema = userSchema.extend({ kind: kindSchema.nullable() })
const replaySchema = userSchema.extend({ kind: kindSchema, id: z.int().nullable() })

const KINDS: Record<OrphanKind, StuckKind> = {
  'orders that neither end nor fail': 'orders',
  'effects that fail again and again': 'effects',
  'timers that nobody fires': 'timers',
  'sends without an end': 'sends',
  'dead letters: event': 'event',
  'dead letters: effect': 'effect',
  'dead letters: callback': 'callback',
  'dead letters: update': 'update',
  'dead letters: snapshot': 'snapshot',
}

/** What is stuck, for admins, and what they may do about it; each act is journalled. */
export function createAdminOrphansHandlers(deps: AdminOrphansDeps) {
  const { runtime, db, now, staff } = deps
  const toLook = createAdminGate(staff)
  const toHelp = createAdminGate(staff, 'people')
  const options = () => ({ now: now(), ended: JOB_STATUSES.ended })

  async function show(
    job: EffectJob<unknown>,
    kind: LetterKind | null,
    asked: StuckDesk['asked'] = null,
  ): Promise<void> {
    const found = await findOrphans(db, options())
    const letters = kind === null ? [] : await lettersOf(db, kind, SHOWN)
    const event: ConversationEvent = {
      ...{ type: 'orphans.read', kind, asked },
      lines: found.map(({ what, count, oldest }) => ({
        ...{ kind: KINDS[what], count, since: oldest.getTime() },
      })),
      letters: letters.map(({ id, subject, error, created_at: at }) => ({
        ...{ id, subject, error, at: at.getTime() },
      })),
    }
    await runtime.send({ actor: job.actor, key: `admin:${effectKey(job)}`, event })
  }

  return {
    'admin.orphans': toLook<z.infer<typeof lookSchema>>((job) => show(job, job.params.kind)),

    'admin.replay': toHelp<z.infer<typeof replaySchema>>(async (job) => {
      const { userId, kind, id } = job.params
      const target = id === null ? `letters:${kind}` : `letter:${id}`
      const act = { userId, name: 'letter.replay', target, why: kind }
      const count = await journalled(
        deps,
        act,
        async () =>
          id === null
            ? await replayLetters(db, kind, now())
            : Number((await replayLetter(db, id, now())) === 'asked'),
        (asked) => doneOrRefused(asked > 0),
      )
      await show(job, kind, { what: 'replay', count })
    }),

    'admin.ask_orders': toHelp<{ userId: number }>(async (job) => {
      const { userId } = job.params
      const act = { userId, name: 'orders.ask', target: 'orders', why: 'stuck' }
      const count = await journalled(
        deps,
        act,
        () => askAboutOrders(db, options()),
        (asked) => doneOrRefused(asked > 0),
      )
      await show(job, null, { what: 'provider', count })
    }),
  }
}

const handlersOf = together(createAdminOrphansHandlers)
const ACTS = { attempts: 200, maxPauseMs: 5 * SECOND }

export const adminOrphansEffects = [
  declareEffect({
    name: 'admin.orphans',
    params: lookSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    exhausted: null,
    handler: (deps: AdminOrphansDeps) => handlersOf(deps)['admin.orphans'],
  }),
  declareEffect({
    name: 'admin.replay',
    params: replaySchema,
    delivery: 'once',
    queue: 'admin',
    patience: ACTS,
    exhausted: null,
    handler: (deps: AdminOrphansDeps) => handlersOf(deps)['admin.replay'],
  }),
  declareEffect({
    name: 'admin.ask_orders',
    params: userSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ACTS,
    exhausted: null,
    handler: (deps: AdminOrphansDeps) => handlersOf(deps)['admin.ask_orders'],
  }),
]
