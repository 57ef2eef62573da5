/** Everything that can happen to this process; the machine never asks, it is told. */
export type LifecycleEvent =
  | { type: 'server.listening' }
  | { type: 'database.unreachable' }
  | { type: 'schema.ready' }
  | { type: 'heartbeat.answered' }
  | { type: 'heartbeat.missed' }
  | { type: 'bot.identified' }
  | { type: 'lock.gained' }
  | { type: 'lock.lost' }
  | { type: 'polling.conflicted' }
  | { type: 'signal.received' }
  | { type: 'drain.finished' }

/** What each event means, for charts and logs. */
export const LIFECYCLE_EVENTS: Readonly<Record<LifecycleEvent['type'], string>> = {
  'server.listening': 'The port is bound: /health answers from here on.',
  'database.unreachable': 'The start could not connect or migrate; it tries again.',
  'schema.ready': 'PostgreSQL answers and every migration has run.',
  'heartbeat.answered': 'PostgreSQL answered the regular query.',
  'heartbeat.missed': 'PostgreSQL did not answer the regular query in time.',
  'bot.identified': 'Telegram has said which bot this is, so updates can be read.',
  'lock.gained': 'This instance is the elected one.',
  'lock.lost': 'Another instance may be elected now.',
  'polling.conflicted': 'Telegram refused getUpdates with 409: another process polls.',
  'signal.received': 'The host asks the process to end.',
  'drain.finished': 'Intake has stopped and everything in hand is finished or parked.',
}
