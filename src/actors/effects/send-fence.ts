import { randomUUID } from 'node:crypto'
import { RetryableError } from '../../errors.ts'
import type { Db } from '../../store/db.ts'
import { confirmSends, finishSend, giveUpSend, takeSend } from '../../store/sends.ts'
import { retryForever } from '../engine/retry-forever.ts'
import type { Sent } from '../telegram/send-record.ts'

/** Lets one process at a time send what has a record, whoever thinks whom dead. */
export interface SendFence {
  /**
   * Sends, with a record before and after; resolves with what was sent, now or by another process
   * meanwhile. Rejects retryably while another process may still be sending it.
   */
  send(record: { key: string; chatId: number }, send: () => Promise<Sent>): Promise<Sent>
}

export interface SendFenceDeps {
  db: Db
  /** Between a send and its record. */
  onSent?: () => void
  /** How often doubts about our sends are looked for. */
  confirmEveryMs?: number
  /** After how long a doubted sender counts as gone, by the database's clock. */
  doubtMs?: number
}

const CONFIRM_EVERY_MS = 1_500
/** A sender that has not confirmed for so long, once doubted, is gone. */
const DOUBT_MS = 6_000

/**
 * A fence made of the send's row: it names its sender, and whoever else wants to send doubts it there
 * and waits. A sender that lives takes the doubt away, over whatever connection it has left; one that
 * is gone, or was frozen, does not, and is replaced. Lost locks and clocks don't matter to it.
 */
export function createSendFence(deps: SendFenceDeps): SendFence {
  const { db, onSent = () => {} } = deps
  const { confirmEveryMs = CONFIRM_EVERY_MS, doubtMs = DOUBT_MS } = deps
  const sender = randomUUID()
  const open = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  function begin(key: string): void {
    open.add(key)
    timer ??= setInterval(() => {
      // What could not be confirmed now is confirmed the next time.
      void confirmSends(db, sender, [...open]).catch(() => {})
    }, confirmEveryMs).unref()
  }

  function end(key: string): void {
    open.delete(key)
    if (open.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    async send({ key, chatId }, send) {
      const taken = await takeSend(db, { key, chatId, sender, doubtMs })
      if (taken.by === 'other') {
        throw new RetryableError('telegram.unavailable', { retryAfterMs: doubtMs + 1_000 })
      }
      if (taken.by === 'sent') return taken.sent
      begin(key)
      try {
        const sent = await send().catch(async (error: unknown) => {
          // Nothing is on its way from here any more: whoever comes next need not wait.
          await giveUpSend(db, key, sender).catch(() => {})
          throw error
        })
        onSent()
        // What Telegram has taken must not be sent again because the database was away.
        await retryForever(() => finishSend(db, key, sent))
        return sent
      } finally {
        end(key)
      }
    },
  }
}
