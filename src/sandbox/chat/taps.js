import { PAY, tapKey } from './keyboard.js'

const ANSWER_WAIT_MS = 15_000

/**
 * Buttons that were tapped and wait for the bot's answer to the tap.
 * @param {{ send: (messageId: number, data: string) => Promise<{ queryId?: string } | undefined>,
 *   pay: (messageId: number) => Promise<{ status: string, reason?: string }>,
 *   onPaid: () => void, onRefused: (reason: string) => void,
 *   onChange: (pending: ReadonlySet<string>) => void, onSilence: () => void,
 *   onError: (error: Error) => void }} deps
 */
export function createTaps({ send, pay, onPaid, onRefused, onChange, onSilence, onError }) {
  /** @type {Map<string, { queryId?: string | undefined, timer: number }>} */
  const waiting = new Map()
  /** @type {Set<string>} answers that came before the tap's own response */
  const early = new Set()
  const changed = () => onChange(new Set(waiting.keys()))

  /** @param {string} key */
  const settle = (key) => {
    clearTimeout(waiting.get(key)?.timer)
    if (waiting.delete(key)) changed()
  }

  return {
    /** @param {number} messageId @param {string} data */
    async tap(messageId, data) {
      const key = tapKey(messageId, data)
      const timer = setTimeout(() => {
        settle(key)
        onSilence()
      }, ANSWER_WAIT_MS)
      const entry = { queryId: /** @type {string | undefined} */ (undefined), timer }
      waiting.set(key, entry)
      changed()
      try {
        entry.queryId = (await send(messageId, data))?.queryId
        if (entry.queryId !== undefined && early.delete(entry.queryId)) settle(key)
      } catch (error) {
        settle(key)
        onError(/** @type {Error} */ (error))
      }
    },
    /** Resolves by itself: Telegram gives the bot ten seconds. @param {number} messageId */
    async pay(messageId) {
      const key = tapKey(messageId, PAY)
      waiting.set(key, { timer: 0 })
      changed()
      try {
        const { status, reason } = await pay(messageId)
        if (status === 'paid') onPaid()
        if (status === 'refused') onRefused(reason ?? '')
        if (status === 'cancelled') onRefused('The bot did not confirm this payment in time.')
      } catch (error) {
        onError(/** @type {Error} */ (error))
      } finally {
        settle(key)
      }
    },
    /** @param {string} queryId */
    answered(queryId) {
      const found = [...waiting].find(([, entry]) => entry.queryId === queryId)
      if (found) settle(found[0])
      else early.add(queryId)
    },
    reset() {
      for (const key of [...waiting.keys()]) settle(key)
      early.clear()
    },
  }
}
