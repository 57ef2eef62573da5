import { createCache } from '../../actors/engine/lru.ts'
import type { TelegramInput } from '../../machines/conversation/input.ts'
import type { PersonName } from '../../store/persons.ts'

const REMEMBERED = 10_000

/**
 * Notes how Telegram names people, when a name is new to this process or their conversation begins: then
 * they may have been erased meanwhile, by whatever process. Resolves with whether there was something to note.
 */
export function createNameNotes(note: (name: PersonName) => Promise<unknown>) {
  const known = createCache<string>(REMEMBERED)
  return async (input: TelegramInput, { begins = false } = {}): Promise<boolean> => {
    const { userId, username, firstName } = input
    const name = JSON.stringify([username, firstName])
    if (!begins && known.get(String(userId)) === name) return false
    await note({ userId, username: username ?? null, firstName: firstName ?? null })
    known.set(String(userId), name)
    return true
  }
}
