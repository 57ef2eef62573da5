import type { Task } from 'graphile-worker'
import { TrtError } from '../../errors.ts'
import { type DeadLetter, markReplayed, readDeadLetter } from '../../store/engine/dead-letters.ts'
import type { EffectJob } from '../engine/effect.ts'
import type { Envelope } from '../engine/envelope.ts'
import { parseCallback } from '../kie/families.ts'
import { reportKey, toReport } from '../kie/report.ts'
import type { EffectDeps } from './deps.ts'

/** The queue's task that replays a dead letter; whoever may add jobs may ask for it. */
export const REPLAY_TASK = 'dead-letter.replay'

export interface ReplayDeps extends Pick<EffectDeps, 'db' | 'runtime' | 'log'> {
  /** Takes an update as if it had just come. */
  takeUpdate: (update: unknown) => Promise<void>
}

/**
 * Tries a dead letter again, once the reason is mended: an event goes to its actor under a key of
 * its own, an effect back to the queue, a callback and an update where they would have gone. One
 * that fails again stays (or is buried anew); one that worked is marked and never replayed twice.
 */
export function createReplayTask(deps: ReplayDeps): Task {
  const { db, runtime, log, takeUpdate } = deps
  return async (payload, helpers) => {
    const { id } = payload as { id: number }
    const letter = await readDeadLetter(db, id)
    if (letter === undefined || letter.replayed_at !== null) return
    try {
      await replay(letter, (type, job) => helpers.addJob(type, job, { maxAttempts: 100 }))
      await markReplayed(db, id)
      log.info({ letter: id, kind: letter.kind }, 'a dead letter was replayed')
    } catch (error) {
      log.error({ letter: id, kind: letter.kind, err: error }, 'a dead letter failed again')
    }
  }

  async function replay(
    letter: DeadLetter,
    addEffect: (type: string, job: EffectJob) => Promise<unknown>,
  ): Promise<void> {
    switch (letter.kind) {
      case 'event': {
        const envelope = letter.payload as Envelope
        return send({ ...envelope, key: `${envelope.key}:replay:${letter.id}` })
      }
      case 'effect': {
        const type = letter.key.slice(0, letter.key.indexOf(':'))
        await addEffect(type, { ...(letter.payload as EffectJob), attempt: 1 })
        return
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
