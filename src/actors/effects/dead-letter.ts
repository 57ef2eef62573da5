import { z } from 'zod'
import { TrtError } from '../../errors.ts'
import { type DeadLetter, markReplayed, readDeadLetter } from '../../store/engine/dead-letters.ts'
import { addEffect } from '../../store/engine/effects.ts'
import { type BoundEffect, createEffects, type EffectJob } from '../engine/effect.ts'
import type { Envelope } from '../engine/envelope.ts'
import { parseCallback } from '../kie/families.ts'
import { reportKey, toReport } from '../kie/report.ts'
import { REPLAY } from './ask-for-replay.ts'
import { ASKED, declareEffect } from './declare.ts'
import type { EffectDeps } from './deps.ts'
import { effectTable } from './table.ts'

export interface ReplayDeps extends Pick<EffectDeps, 'db' | 'runtime' | 'log'> {
  /** Takes an update as if it had just come. */
  takeUpdate: (update: unknown) => Promise<void>
}

/**
 * Tries a dead letter again, once the reason is mended: an event goes to its actor under a key of
 * its own, an effect is added again, a callback and an update go where they would have gone. One that
 * fails again stays (or is written anew); one that worked is marked and never replayed twice.
 */
export function createReplayEffect(deps: ReplayDeps): BoundEffect {
  const { db, runtime, log, takeUpdate } = deps
  const declaration = declareEffect({
    name: REPLAY,
    params: z.object({ id: z.int() }),
    delivery: 'once',
    queue: 'maintenance',
    patience: ASKED,
    exhausted: null,
    handler: () => async (job) => {
      const { id } = job.params
      const letter = await readDeadLetter(db, id)
      if (letter === undefined || letter.replayed_at !== null) return
      try {
        await replay(letter)
        await markReplayed(db, id)
        log.info({ letter: id, kind: letter.kind }, 'a dead letter was replayed')
      } catch (error) {
        log.error({ letter: id, kind: letter.kind, err: error }, 'a dead letter failed again')
      }
    },
  })
  return createEffects([declaration], {})[0] as BoundEffect

  async function replay(letter: DeadLetter): Promise<void> {
    switch (letter.kind) {
      case 'event': {
        const envelope = letter.payload as Envelope
        return send({ ...envelope, key: `${envelope.key}:replay:${letter.id}` })
      }
      case 'effect': {
        const type = letter.key.slice(0, letter.key.indexOf(':'))
        const { actor, seq, index, at, params } = letter.payload as EffectJob
        const effect = effectTable.find(({ name }) => name === type)
        // Added all the same it would wait for ever, and nobody would hear of it.
        if (effect === undefined) throw new TrtError('effect.unhandled', { detail: `${type}.` })
        const key = effect.delivery === 'latest' ? type : `${seq}.${index}`
        return addEffect(db, { actor, key, type, seq, index, at, params })
      }
      case 'callback': {
        const { raw } = letter.payload as { raw: string }
        const report = toReport(parseCallback(JSON.parse(raw)))
        return send({
          actor: `job:${letter.subject}`,
          key: reportKey(letter.subject, report),
          event: { type: 'task.reported', report } as { type: string },
        })
      }
      case 'update': {
        const { raw } = letter.payload as { raw: string }
        return takeUpdate(JSON.parse(raw))
      }
      default:
        throw new TrtError('actor.unfit', {
          detail: 'A snapshot is kept to be read, not replayed.',
        })
    }
  }

  async function send(envelope: Envelope): Promise<void> {
    const receipt = await runtime.send(envelope)
    if (receipt.outcome === 'committed' || receipt.outcome === 'duplicate') return
    throw new TrtError('actor.poisoned', { detail: receipt.outcome })
  }
}
