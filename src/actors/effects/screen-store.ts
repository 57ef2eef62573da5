import type { Db } from '../../store/db.ts'
import { readScreens, type StoredScreen, saveScreens } from '../../store/screens.ts'
import { createGatherer } from '../engine/gather.ts'
import { type Cache, createCache } from '../engine/lru.ts'
import { retryForever } from '../engine/retry-forever.ts'
import type { SendKind } from '../telegram/flood.ts'

export type ScreenRow = Omit<StoredScreen, 'updated_at'>

/**
 * Which message shows a conversation's screen. Remembered for the chats of late, so that drawing reads
 * nothing; written in batches.
 */
export interface ScreenStore {
  read(actor: string): Promise<ScreenRow | undefined>
  /** What is remembered; undefined when nothing is, or when there is nothing. */
  peek(actor: string): ScreenRow | undefined
  /**
   * Notes what the message shows, drawn from the actor's version `drawn`; the process knows it at once.
   * Resolves when it is stored, however long the database is away; false: another process has moved the
   * actor beyond that, or has shown a later message.
   */
  save(row: ScreenRow, drawn: number): Promise<boolean>
  /** Another process may have drawn this chat. */
  forget(actor: string): void
  /** The same of one that is likely to be drawn soon: it is read already. */
  refresh(actor: string): void
  /** The conversation has not begun yet: nothing was drawn. */
  begin(actor: string): void
  /** Turns that were waited for and not used yet. */
  granted: Map<string, SendKind>
  /** By actor the message that has lost its buttons before a newer one was there. */
  retired: Cache<number>
}

/** As many as actors are kept in memory, and some more. */
const REMEMBERED = 10_000

/**
 * What is shown within this time is stored together. Another process that draws the chat meanwhile finds
 * the message before this one, as it would during the call that shows it.
 */
const SAVE_EVERY_MS = 25

/** `versionOf`: how far this process itself has brought an actor, its commits on their way included. */
export function createScreenStore({
  db,
  versionOf,
}: {
  db: Db
  versionOf: (actor: string) => Promise<number>
}): ScreenStore {
  const known = createCache<{ row: ScreenRow | undefined }>(REMEMBERED)
  /** What is being read, until something newer is known or what is read may be out of date. */
  const reading = new Map<string, Promise<ScreenRow | undefined>>()
  const reads = createGatherer((actors: readonly string[]) => readScreens(db, actors))
  const writes = createGatherer(
    async (batch: readonly { row: ScreenRow; drawn: number }[]) => {
      // Of one chat only the newest counts.
      const newest = new Map(batch.map((write) => [write.row.actor_id, write]))
      const rows = [...newest.values()].map(({ row }) => row)
      const saved = await retryForever(() => saveScreens(db, rows), { ref: false })
      // Nobody draws an actor that is gone.
      return batch.map(
        ({ row, drawn }) => saved.get(row.actor_id) ?? { version: drawn, isLive: true },
      )
    },
    { pauseMs: SAVE_EVERY_MS },
  )

  function remember(actor: string, row: ScreenRow | undefined): void {
    reading.delete(actor)
    known.set(actor, { row })
  }

  function forget(actor: string): void {
    reading.delete(actor)
    known.delete(actor)
  }

  function load(actor: string): Promise<ScreenRow | undefined> {
    const read = reads.add(actor).then(
      (row) => {
        if (reading.get(actor) === read) remember(actor, row)
        return row
      },
      (thrown) => {
        if (reading.get(actor) === read) reading.delete(actor)
        throw thrown
      },
    )
    reading.set(actor, read)
    return read
  }

  return {
    async read(actor) {
      const remembered = known.get(actor)
      return remembered === undefined ? (reading.get(actor) ?? load(actor)) : remembered.row
    },
    peek: (actor) => known.get(actor)?.row,
    async save(row, drawn) {
      remember(row.actor_id, row)
      const { version, isLive } = await writes.add({ row, drawn }).catch((thrown) => {
        forget(row.actor_id)
        throw thrown
      })
      if (!isLive) return false
      // A step of this process asks for a picture of its own.
      return version <= drawn || (await versionOf(row.actor_id)) >= version
    },
    forget,
    refresh(actor) {
      forget(actor)
      // Whoever draws asks again.
      load(actor).catch(() => {})
    },
    begin: (actor) => remember(actor, undefined),
    granted: new Map(),
    retired: createCache(REMEMBERED),
  }
}
