import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import type { BotAbilities } from '../../src/sandbox/telegram/model.ts'
import type { SeenMessage } from '../../src/sandbox/telegram/seen-message.ts'
import { createDb, type Db } from '../../src/store/db.ts'
import { ledgerDiscrepancy, readAccount } from '../../src/store/ledger.ts'
import { startWorld, type World } from '../../src/world/world.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { createShopper, plain, type Shopper, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'

export const ADMIN_ID = 1000
export const KOPECKS = 10_000
export const STARS = 160

/** The bot between the fakes, and people who want to put money on their accounts. */
export interface Stage {
  database: TestDatabase
  db: Db
  world: World
  /** Somebody who has pressed Start. */
  person(): Promise<Shopper>
  /** Asks for a top-up of 100 ₽, up to the invoice. */
  invoice(shopper: Shopper): Promise<SeenMessage>
  available(userId: number): Promise<number>
  /** Resolves when the account holds this much; what was wrong is said. */
  holds(userId: number, kopecks: number): Promise<void>
  /** Resolves when the admin was told of this code and top-up. */
  alarmed(code: string): Promise<void>
  payments(userId: number): Promise<Record<string, unknown>[]>
  /** Resolves when Telegram has nothing left to tell and no effect waits. */
  quiet(): Promise<void>
  discrepancy(): Promise<number>
}

export async function openStage(
  env: Record<string, string> = {},
  abilities: Partial<BotAbilities> = {},
): Promise<Stage> {
  const database = await createDatabase({ closeFirst: () => world.stop() })
  const { pool, url: databaseUrl } = database
  const world = await startWorld({
    botMode: 'webhook',
    databaseUrl,
    storageMode: 'external',
    timing: { queueMs: 0, generateMs: 0 },
    logLevel: 'silent',
    ...{ env, abilities },
  })
  const db = createDb(pool)
  const { control } = world.telegram
  const admin = control.user(ADMIN_ID, { languageCode: 'ru' })
  let next = 3_001

  const available = async (userId: number) => (await readAccount(db, userId)).available_kopecks
  return {
    database,
    db,
    world,
    available,
    async person() {
      const shopper = createShopper(world.telegram, next)
      next += 1
      shopper.user.sendCommand('start')
      await shopper.hears(plain(say('menu.title').split('\n')[0] ?? ''))
      return shopper
    },
    async invoice(shopper) {
      const known = shopper.user.chat().filter((m) => m.invoice).length
      shopper.user.sendCommand('balance')
      await shopper.tap(say('topup.byStars'))
      await shopper.tap(say('topup.amount', { amount: formatRub(KOPECKS, 'ru'), stars: STARS }))
      return control.waitFor(() => shopper.user.chat().filter((m) => m.invoice)[known])
    },
    async holds(userId, kopecks) {
      await waitFor(async () => (await available(userId)) === kopecks, {
        what: `${kopecks} kopecks on the account of ${userId}`,
      })
    },
    async alarmed(code) {
      await waitFor(() => admin.chat().some(({ text }) => text?.includes(`(${code}`)), {
        what: `an alarm about ${code}`,
      })
    },
    payments: async (userId) =>
      (await pool.query('select * from payments where user_id = $1 order by created_at', [userId]))
        .rows,
    async quiet() {
      await waitFor(() => control.pendingUpdates().length === 0, { what: 'no pending update' })
      await waitFor(
        async () => {
          const { rows } = await pool.query('select count(*)::int as n from effects')
          return rows[0].n === 0
        },
        { what: 'no waiting effect' },
      )
    },
    discrepancy: () => ledgerDiscrepancy(db),
  }
}
