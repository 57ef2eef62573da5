import { z } from 'zod'
import { conversationId } from '../../machines/conversation/actor-id.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { dropReminder, readDueReminders, setReminder } from '../../store/reminders.ts'
import type { EffectHandler } from '../engine/effect.ts'
import { ASKED, declareEffect } from './declare.ts'
import type { EffectDeps } from './deps.ts'
import type { FreeOffer } from './free-offer.ts'

const schema = z.object({ userId: z.int(), dueAt: z.number() })

/** Notes that somebody wants to hear when something is free again. */
export const createReminderHandler =
  ({ db }: Pick<EffectDeps, 'db'>): EffectHandler<z.infer<typeof schema>> =>
  ({ params: { userId, dueAt } }) =>
    setReminder(db, { userId, kind: 'free', dueAt: new Date(dueAt) })

export const reminderEffect = declareEffect({
  name: 'reminder.set',
  params: schema,
  delivery: 'once',
  queue: 'account',
  patience: ASKED,
  exhausted: null,
  handler: createReminderHandler,
})

const MOST_AT_ONCE = 100

/**
 * Tells whoever asked for it that something is free again, once; where it is not after all, the
 * reminder moves to when it will be. Called often by every instance.
 */
export const createReminderWatch =
  ({
    db,
    now,
    runtime,
    free,
    botId,
  }: Pick<EffectDeps, 'db' | 'now' | 'runtime'> & { free: FreeOffer; botId: number }) =>
  async (): Promise<void> => {
    for (const due of await readDueReminders(db, new Date(now()), MOST_AT_ONCE)) {
      const { userId, kind, dueAt } = due
      const nextAt = (await free.read(userId))?.nextAt ?? null
      if (nextAt !== null) {
        await setReminder(db, { userId, kind, dueAt: new Date(nextAt) })
        continue
      }
      const event: ConversationEvent = { type: 'reminder.due', kind }
      const key = `reminder:${kind}:${dueAt.getTime()}`
      await runtime.send({ actor: conversationId(botId, userId), key, event })
      await dropReminder(db, due)
    }
  }
