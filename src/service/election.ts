import type { Logger } from 'pino'
import { connectForLock, createLeader, type Leader, lockKey } from '../actors/engine/leader.ts'
import type { Config } from '../config/config.ts'
import type { Lifecycle } from './lifecycle.ts'

/** Stands for election among all processes of one bot, and tells the lifecycle how it goes. */
export const createElection = ({
  config: { databaseUrl, botToken },
  instanceId,
  lifecycle,
  now,
  log,
}: {
  config: Pick<Config, 'databaseUrl' | 'botToken'>
  instanceId: string
  lifecycle: Lifecycle
  now: () => number
  log: Logger
}): Leader =>
  createLeader({
    connect: () => connectForLock(databaseUrl),
    key: lockKey('leader', botToken),
    now,
    log,
    onGained: () => {
      log.info({ instance: instanceId }, '[LOCK] Acquired - ACTIVE')
      lifecycle.send('lock.gained')
    },
    onLost: (reason) => {
      if (reason === 'released') log.info('[LOCK] Released')
      else log.warn('[LOCK] lost: PASSIVE MODE in polling, webhooks go on')
      lifecycle.send('lock.lost')
    },
  })
