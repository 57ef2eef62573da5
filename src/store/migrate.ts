import type pg from 'pg'
import { joinMigrations, type Migrations, migrateAll } from './engine/migrate.ts'
import { engineMigrations } from './engine/migrations/migrations.ts'
import { chats } from './migrations/0001-chats.ts'
import { money } from './migrations/0002-money.ts'
import { races } from './migrations/0003-races.ts'
import { accounts } from './migrations/0005-accounts.ts'
import { gifts } from './migrations/0006-gifts.ts'
import { favourites } from './migrations/0007-favourites.ts'
import { operators } from './migrations/0008-console.ts'
import { payments } from './migrations/0010-payments.ts'
import { salesUndone } from './migrations/0011-sales-undone.ts'
import { refundsUndone } from './migrations/0012-refunds-undone.ts'
import { debts } from './migrations/0013-debts.ts'
import { overruns } from './migrations/0014-overruns.ts'
import { providerAccount } from './migrations/0015-provider-account.ts'
import { sendFence } from './migrations/0016-send-fence.ts'
import { retention } from './migrations/0017-retention.ts'
import { installation } from './migrations/0018-installation.ts'
import { durations } from './migrations/0019-durations.ts'
import { chatTopics } from './migrations/0020-chat-topics.ts'
import { invitations } from './migrations/0021-invitations.ts'
import { persons } from './migrations/0022-persons.ts'
import { shelf } from './migrations/0023-shelf.ts'
import { broadcasts } from './migrations/0024-broadcasts.ts'
import { erasure } from './migrations/0025-erasure.ts'
import { support } from './migrations/0026-support.ts'
import { templates } from './migrations/0027-templates.ts'
import { words } from './migrations/0028-words.ts'
import { salesTerms } from './migrations/0029-sales-terms.ts'
import { archive } from './migrations/0030-archive.ts'
import { wordAsks } from './migrations/0031-word-asks.ts'

/**
 * Forward only, by name; a landed migration is never edited, a change is a new one. What the engine
 * does under the same name comes first.
 */
const migrations: Migrations = joinMigrations(engineMigrations, {
  '0001-engine': chats,
  '0002-money': money,
  '0003-races': races,
  '0005-accounts': accounts,
  '0006-gifts': gifts,
  '0007-favourites': favourites,
  '0008-console': operators,
  '0010-payments': payments,
  '0011-sales-undone': salesUndone,
  '0012-refunds-undone': refundsUndone,
  '0013-debts': debts,
  '0014-overruns': overruns,
  '0015-provider-account': providerAccount,
  '0016-send-fence': sendFence,
  '0017-retention': retention,
  '0018-installation': installation,
  '0019-durations': durations,
  '0020-chat-topics': chatTopics,
  '0021-invitations': invitations,
  '0022-persons': persons,
  '0023-shelf': shelf,
  '0024-broadcasts': broadcasts,
  '0025-erasure': erasure,
  '0026-support': support,
  '0027-templates': templates,
  '0028-words': words,
  '0029-sales-terms': salesTerms,
  '0030-archive': archive,
  '0031-word-asks': wordAsks,
})

/** In the order in which they run. */
export const migrationNames: readonly string[] = Object.keys(migrations)

/** Brings the database to the newest schema; see `migrateAll`. */
export const migrate = (pool: pg.Pool, until?: string): Promise<void> =>
  migrateAll(pool, migrations, until)
