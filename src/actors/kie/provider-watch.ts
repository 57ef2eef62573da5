import { endPause, noteLeft, type Pause, readPause } from '../../store/pauses.ts'
import { claimBalanceRead, noteBalance, readHourlyUse } from '../../store/provider-account.ts'
import type { Alert, AlertText } from '../effects/alert.ts'
import type { EffectDeps } from '../effects/deps.ts'
import type { KieClient } from './client.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** While everything sells, so often is enough; the alarm looks hours ahead. */
const QUIET_MS = 10 * MINUTE
/** The balance says nothing about a key's spending limit: after this long it is simply tried. */
const BLIND_MS = HOUR

export interface WatchDeps extends Pick<EffectDeps, 'db' | 'now' | 'log'> {
  credits: KieClient['credits']
  alert: Alert
  /** The admins are told when what is left lasts no longer; 0: never. */
  alarmHours: number
}

/**
 * Reads what is left on the provider's account. During a pause it says which orders may be taken and
 * ends it when the refused ones would be; at all times it tells the admins hours before the account is
 * empty. Called often by every instance; over all of them the provider is asked at most once a minute
 * during a pause, and once in ten minutes else.
 */
export function createProviderWatch({ db, now, log, credits, alert, alarmHours }: WatchDeps) {
  return async (signal?: AbortSignal): Promise<void> => {
    const pause = await readPause(db)
    const everyMs = pause === undefined ? QUIET_MS : MINUTE
    if (!(await claimBalanceRead(db, new Date(now()), everyMs))) return
    const balance = await credits(signal)
    await noteBalance(db, balance)
    if (pause !== undefined) await followPause(pause, balance)
    await warnBeforeEmpty(balance)
  }

  async function followPause(pause: Pause, balance: number): Promise<void> {
    if (pause.code === 'kie.limited' && now() - pause.since.getTime() < BLIND_MS) return
    if (balance < Math.max(1, pause.needed_credits)) {
      if (pause.code === 'kie.credits') await noteLeft(db, balance)
      return
    }
    if (!(await endPause(db))) return
    log.info({ credits: balance }, 'the provider takes orders again')
    await alert('provider.back', {
      ru: `Поставщик снова принимает заказы, кредитов: ${balance}.`,
      en: `The provider takes orders again: ${balance} credits.`,
    })
  }

  async function warnBeforeEmpty(balance: number): Promise<void> {
    const perHour = await readHourlyUse(db)
    const hours = runwayHours(balance, perHour)
    if (alarmHours === 0 || hours >= alarmHours) return
    log.warn({ credits: balance, perHour, hours }, 'the provider account runs empty')
    const text = balance <= 0 ? EMPTY : lowText({ balance, perHour, hours })
    await alert(`provider.low:${stageOf(hours)}`, text, { everyMs: 6 * HOUR })
  }
}

const EMPTY = {
  ru: 'Счёт у поставщика пуст: заказы не принимаются, пока его не пополнят.',
  en: 'The provider account is empty: orders are refused until it is topped up.',
}

function lowText({
  balance,
  perHour,
  hours,
}: {
  balance: number
  perHour: number
  hours: number
}): AlertText {
  const [whole, use] = [Math.floor(hours), Math.ceil(perHour)]
  return {
    ru:
      `У поставщика осталось кредитов: ${balance}. При нынешнем расходе, ${use} в час, ` +
      `хватит ${hours < 1 ? 'меньше чем на час' : `примерно на ${whole} ч`}: пополните счёт.`,
    en:
      `The provider account holds ${balance} credits. At the use of late, ${use} an hour, ` +
      `they last ${hours < 1 ? 'less than an hour' : `about ${whole} hours`}: top it up.`,
  }
}

/** How long what is left lasts at that use; an empty account lasts no time, an unused one for ever. */
export function runwayHours(credits: number, perHour: number): number {
  if (credits <= 0) return 0
  return perHour > 0 ? credits / perHour : Number.POSITIVE_INFINITY
}

/** A new alarm comes with each stage, not with each look. */
const stageOf = (hours: number): string =>
  hours <= 0 ? 'empty' : hours < 1 ? 'hour' : hours < 6 ? 'hours' : 'day'
