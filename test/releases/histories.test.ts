import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type History,
  isFaithful,
  type Replay,
  replay,
  replaySteps,
} from '../../src/actors/engine/replay.ts'
import type { Definition, Stamped } from '../../src/machines/engine/definition.ts'
import {
  keptReleases,
  type MeantDifference,
  meantDifferences,
  readHistories,
} from '../support/release.ts'
import { presentRegistry } from '../support/shapes.ts'

/**
 * What users did under an earlier release leads to the same states, effects and snapshots today; a
 * snapshot of an older version is lifted before it is compared. A difference that is meant stands in
 * test/fixtures/releases/differences.json with its reason.
 */

interface Found {
  actor: string
  machine: string
  /** `end`: the stored snapshot. */
  event: string
  path: string
  text: string
  /** The tapped button is not on the screen that the present machine shows then. */
  stale: boolean
}

function differencesOf(history: History, { steps, difference }: Replay): Found[] {
  const { actor, machine } = history
  const stale = staleSteps(registry.of(actor), history)
  const all = [
    ...steps.map(({ seq, event, difference }) => ({
      ...{ event, at: `step ${seq}`, difference },
      stale: stale.has(seq),
    })),
    { event: 'end', at: 'the end', difference, stale: false },
  ]
  return all.flatMap(({ event, at, difference: d, stale }) => {
    if (d === null) return []
    const values = `kept ${JSON.stringify(d.stored)}, now ${JSON.stringify(d.replayed)}`
    const text = `${actor}, ${at} (${event}), at ${d.path}: ${values.slice(0, 300)}`
    return [{ actor, machine, event, path: d.path, text, stale }]
  })
}

/** Steps of a history at which the present machine does not know the tapped button. */
function staleSteps(definition: Definition, { entries }: History): Set<number> {
  const found = new Set<number>()
  for (const { entry, before } of replaySteps(definition, entries)) {
    if (before === undefined || entry.event.type !== 'button.tapped') continue
    const resolved = definition.resolveEvent?.(before.snapshot, entry.event as unknown as Stamped)
    if (resolved?.type === 'tap.stale' || resolved?.type === 'tap.late') found.add(entry.seq)
  }
  return found
}

/** Without what follows a tap that is meant to be stale, or a step that is meant to lead elsewhere. */
function comparable(found: readonly Found[], meant: readonly MeantDifference[]): Found[] {
  const ends = meant.filter(({ stale, elsewhere }) => stale || elsewhere)
  const end = found.findIndex((one) => isMeant(one, ends))
  return end < 0 ? [...found] : found.slice(0, end + 1)
}

const isMeant = (found: Found, meant: readonly MeantDifference[]): boolean =>
  meant.some(
    ({ actor, machine, event, events, path, stale }) =>
      (actor ?? found.actor) === found.actor &&
      (machine ?? found.machine) === found.machine &&
      (event ?? found.event) === found.event &&
      (events?.includes(found.event) ?? true) &&
      (stale ?? found.stale) === found.stale &&
      found.path.startsWith(path ?? ''),
  )

const registry = presentRegistry()

for (const release of await keptReleases()) {
  describe(`the histories of release ${release}`, async () => {
    const histories = await readHistories(release)
    const meant = await meantDifferences()

    const differences = new Map<string, Found[]>()
    const kept = new Set(histories.map(({ machine }) => machine))

    test('are of every machine that every release has', () => {
      assert.deepEqual(
        ['conversation', 'job', 'topup'].filter((id) => !kept.has(id)),
        [],
      )
    })

    for (const { id } of registry.all.filter((machine) => kept.has(machine.id))) {
      test(`of every ${id} lead to the same end, step by step`, () => {
        const own = histories.filter(({ machine }) => machine === id)
        const found = own.flatMap((history) => {
          const replayed = replay(registry.of(history.actor), history)
          const different = differencesOf(history, replayed)
          assert.equal(different.length === 0, isFaithful(replayed), history.actor)
          return comparable(different, meant)
        })
        differences.set(id, found)
        const unmeant = found.filter((one) => !isMeant(one, meant)).map(({ text }) => text)
        assert.deepEqual(unmeant.slice(0, 5), [], `${unmeant.length} differences`)
      })
    }

    test('differ where a difference is meant to be', () => {
      const found = [...differences.values()].flat()
      const idle = meant.filter((one) => !found.some((other) => isMeant(other, [one])))
      assert.deepEqual(idle, [], 'these meant differences do not occur: take them out')
    })
  })
}
