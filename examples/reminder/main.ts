/**
 * `DATABASE_URL=… REMINDER_URL=… node examples/reminder/main.ts [NAME MS TEXT…]`: sets a reminder, if
 * one is named, and works until it is stopped. Messages are posted to REMINDER_URL.
 */
import { pino } from 'pino'
import { startEngine, TIMERS } from '../../src/actors/engine/engine.ts'
import { RetryableError } from '../../src/errors.ts'
import { type SendDeps, sendReminder } from './effects.ts'
import { reminder } from './machine.ts'

const { DATABASE_URL, REMINDER_URL } = process.env
if (DATABASE_URL === undefined || REMINDER_URL === undefined) {
  throw new Error('DATABASE_URL and REMINDER_URL are needed')
}

const send: SendDeps['send'] = async (message, signal) => {
  const body = JSON.stringify(message)
  const { ok } = await fetch(REMINDER_URL, { method: 'POST', body, signal }).catch((cause) => {
    throw new RetryableError('runtime.overloaded', { cause })
  })
  if (!ok) throw new RetryableError('runtime.overloaded')
}

const engine = await startEngine({
  url: DATABASE_URL,
  log: pino({ level: 'warn' }),
  definitions: [reminder],
  effects: [sendReminder],
  queues: [{ names: ['messages', TIMERS], slots: 4 }],
  bookings: [],
  projections: {},
  deps: () => ({ send }),
})
process.once('SIGTERM', () => void engine.stop())

const [name, ms, ...words] = process.argv.slice(2)
if (name !== undefined) {
  const event = { type: 'reminder.set', text: words.join(' '), delayMs: Number(ms) }
  const receipt = await engine.runtime.send({ actor: `reminder:${name}`, key: 'set', event })
  process.stdout.write(`${JSON.stringify(receipt)}\n`)
}
process.stdout.write('working\n')
