import { byId } from './dom.js'
import { KIE_FAULTS, TELEGRAM_FAULTS } from './fault-list.js'
import { ALWAYS, createFaultGroup } from './faults.js'
import { createTasks } from './tasks.js'

const REFRESH_MS = 2_000

/**
 * The right column: faults for Telegram and for the generation service, and its tasks.
 * @param {{ api: ReturnType<typeof import('./api.js').createApi>, visible: () => boolean,
 *   chatId: () => number | undefined, onError: (error: Error) => void, onDone: (text: string) => void }} deps
 */
export function createPanel({ api, chatId, visible, onError, onDone }) {
  const counts = { telegram: 0, kie: 0 }
  /** @param {'telegram' | 'kie'} name */
  const counted = (name) => (/** @type {number} */ armed) => {
    counts[name] = armed
    const badge = byId('armed-count')
    const total = counts.telegram + counts.kie
    badge.textContent = String(total)
    badge.hidden = total === 0
  }
  const parts = [
    createFaultGroup({
      title: 'Telegram',
      hint: 'Hits what the bot does next in this chat.',
      name: 'telegram',
      buttons: TELEGRAM_FAULTS,
      api: {
        ...api.telegramFaults,
        // Telegram's table counts "until cleared" as 0 and takes the chat from here.
        arm: ({ times, ...fault }) =>
          api.telegramFaults.arm({
            ...fault,
            times: times === ALWAYS ? 0 : times,
            chatId: chatId(),
          }),
      },
      onChange: counted('telegram'),
      onError,
    }),
    createFaultGroup({
      title: 'Generation service',
      hint: 'Hits whoever generates next.',
      name: 'kie',
      buttons: KIE_FAULTS,
      api: api.kieFaults,
      onChange: counted('kie'),
      onError,
    }),
    createTasks({ api, onError, onDone }),
  ]
  byId('panel-body').append(...parts.map(({ element }) => element))

  const refresh = () => Promise.all(parts.map((part) => part.refresh()))
  // Faults are used up by the bot, tasks move on by themselves: only looking again shows it.
  setInterval(() => {
    if (visible() && document.visibilityState === 'visible') refresh()
  }, REFRESH_MS)
  return { refresh }
}
