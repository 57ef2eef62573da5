import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type History, isFaithful, type Replay, replay } from '../../src/actors/engine/replay.ts'
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
}

function differencesOf({ actor, machine }: History, { steps, difference }: Replay): Found[] {
  const all = [
    ...steps.map((s) => ({ event: s.event, at: `step ${s.seq}`, difference: s.difference })),
    { event: 'end', at: 'the end', difference },
  ]
  return all.flatMap(({ event, at, difference: d }) => {
    if (d === null) return []
    const values = `kept ${JSON.stringify(d.stored)}, now ${JSON.stringify(d.replayed)}`
    const text = `${actor}, ${at} (${event}), at ${d.path}: ${values.slice(0, 300)}`
    return [{ actor, machine, event, path: d.path, text }]
  })
}

const isMeant = (found: Found, meant: readonly MeantDifference[]): boolean =>
  meant.some(
    ({ actor, machine, event, path }) =>
      (actor ?? found.actor) === found.actor &&
      (machine ?? found.machine) === found.machine &&
      (event ?? found.event) === found.event &&
      found.path.startsWith(path ?? ''),
  )

for (const release of await keptReleases()) {
  describe(`the histories of release ${release}`, async () => {
    const histories = await readHistories(release)
    const meant = await meantDifferences()

    const registry = presentRegistry()
    const differences = new Map<string, Found[]>()
    for (const { id } of registry.all) {
      test(`of every ${id} lead to the same end, step by step`, () => {
        const own = histories.filter(({ machine }) => machine === id)
        assert.ok(own.length > 0, `no history of a ${id} was kept`)
        const found = own.flatMap((history) => {
          const replayed = replay(registry.of(history.actor), history)
          const different = differencesOf(history, replayed)
          assert.equal(different.length === 0, isFaithful(replayed), history.actor)
          return different
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
