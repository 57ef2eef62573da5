import { createCache } from '../../actors/engine/lru.ts'
import type { TelegramInput } from '../../machines/conversation/input.ts'
import type { PersonName } from '../../store/persons.ts'

const REMEMBERED = 10_000

/** Notes how Telegram names people, when a name is new to this process. */
export function createNameNotes(note: (name: PersonName) => Promise<unknown>) {
  const known = createCache<string>(REMEMBERED)
  return async (input: TelegramInput): Promise<void> => {
    const { userId, username, firstName } = input
    const name = JSON.stringify([username, firstName])
    // Whoever begins anew may have been erased meanwhile, by whatever process.
    const begins = input.kind === 'command' && input.name === 'start'
    if (!begins && known.get(String(userId)) === name) return
    await note({ userId, username: username ?? null, firstName: firstName ?? null })
    known.set(String(userId), name)
  }
}
