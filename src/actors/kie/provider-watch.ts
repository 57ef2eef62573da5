import { claimPauseCheck, endPause } from '../../store/pauses.ts'
import type { Alert } from '../effects/alert.ts'
import type { EffectDeps } from '../effects/deps.ts'
import type { KieClient } from './client.ts'

const MINUTE = 60_000
/** The balance says nothing about a key's spending limit: after this long it is simply tried. */
const BLIND_MS = 60 * MINUTE

export interface WatchDeps extends Pick<EffectDeps, 'db' | 'now' | 'log'> {
  credits: KieClient['credits']
  alert: Alert
}

/**
 * Ends the pause when the account holds what the refused order needed. Called often by every
 * instance; over all of them the provider is asked at most once a minute.
 */
export function createProviderWatch({ db, now, log, credits, alert }: WatchDeps) {
  return async (signal?: AbortSignal): Promise<void> => {
    const pause = await claimPauseCheck(db, new Date(now()), MINUTE)
    if (pause === undefined) return
    if (pause.code === 'kie.limited' && now() - pause.since.getTime() < BLIND_MS) return
    const balance = await credits(signal)
    if (balance < Math.max(1, pause.needed_credits) || !(await endPause(db))) return
    log.info({ credits: balance }, 'the provider takes orders again')
    await alert('provider.back', `The provider takes orders again: ${balance} credits.`)
  }
}
