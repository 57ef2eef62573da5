import { Logger as QueueLogger } from 'graphile-worker'
import type { Logger } from 'pino'

/** The queue's own log, without the payloads it would print: they may hold what nobody else should read. */
export const quietLogger = (log: Logger): QueueLogger =>
  new QueueLogger(() => (level, message) => {
    if (level === 'error') log.error({ queue: message.split('\n')[0]?.slice(0, 200) })
    else if (level === 'warning') log.warn({ queue: message.split('\n')[0]?.slice(0, 200) })
  })
