import { everyModel, isSold } from '../../machines/catalogue/catalogue.ts'
import { families } from '../../machines/catalogue/family-facts.ts'
import { changeKey, providerChanges } from '../../machines/catalogue/provider-diff.ts'
import {
  claimDiff,
  markChangesTold,
  noteChanges,
  readUntoldChanges,
  type StoredChange,
} from '../../store/provider-changes.ts'
import type { Alert } from '../effects/alert.ts'
import type { EffectDeps } from '../effects/deps.ts'
import type { CatalogueSource } from './catalogue-source.ts'

export interface CatalogueWatchDeps extends Pick<EffectDeps, 'db' | 'now' | 'log'> {
  source: CatalogueSource
  alert: Alert
}

/** Each of so many gets a message of its own; a provider that renamed everything gets one for all. */
const MOST_MESSAGES = 5

const WORDS: Readonly<Record<string, string>> = {
  vanished: 'is no longer in the provider’s list',
  appeared: 'is new in the provider’s list',
  price: 'has another price at the provider',
  schema: 'takes other settings at the provider',
}

const textOf = ({ model_id, kind, what }: StoredChange): string =>
  `${model_id} ${WORDS[kind] ?? kind}: ${what}. Nothing was changed here.`

/**
 * Compares the model files with the provider's catalogue once a night and tells the admins of each
 * difference once, with buttons. Changes nothing by itself. To be called by the leader, often: over
 * all instances one comparison a day is made; one that failed is made again an hour later.
 */
export function createCatalogueWatch({ db, now, log, source, alert }: CatalogueWatchDeps) {
  return async (signal?: AbortSignal): Promise<void> => {
    if (await claimDiff(db, new Date(now()))) await compare(signal)
    await tell()
  }

  async function compare(signal?: AbortSignal): Promise<void> {
    const sold = everyModel.filter(isSold).map(({ apiModel }) => apiModel)
    const provider = await source.read(sold, signal)
    const changes = providerChanges(everyModel, provider, families)
    const found = changes.map((change) => ({ ...change, key: changeKey(change) }))
    await noteChanges(db, found, new Date(now()))
    log.info({ changes: changes.length }, 'the provider’s catalogue was compared')
  }

  async function tell(): Promise<void> {
    const changes = await readUntoldChanges(db)
    if (changes.length > MOST_MESSAGES) {
      await alert(
        'provider.changes',
        `${changes.length} models differ from the provider’s catalogue, the first: ` +
          `${textOf(changes[0] as StoredChange)} Decide about them: /admin, Models.`,
        { everyMs: 60_000 },
      )
    } else {
      for (const change of changes) {
        await alert(`provider.change:${change.id}`, textOf(change), { change: change.id })
      }
    }
    await markChangesTold(
      db,
      changes.map(({ id }) => id),
    )
  }
}
