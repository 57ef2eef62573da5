import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readHistories } from '../support/release.ts'
import { keptShapes, presentRegistry, type Shape, shapeOf } from '../support/shapes.ts'

/**
 * The shape of a machine is what a stored snapshot relies on: the paths of its states and of the keys
 * in its context. Whatever comes or goes there, or changes its name, needs a new version of the
 * machine and a step in its `migrate`; this includes additions, because a process of the same version
 * may stand beside this one and must be able to go on with what this one stored.
 *
 * Types of events are in journals and in the job queue: none may go within a version. New ones are
 * harmless, and so is everything else: transitions, guards, delays, effects, descriptions, and the
 * keys of maps whose keys are data (`answers`, `uploads`).
 *
 * Keys of the context are those that the kept histories bring up when they are replayed.
 */

const NOTE = 'npm run keep:release -- shapes'

function changesOf(kept: Shape, present: Shape): string[] {
  const parts = [
    ['state', 'states'],
    ['key of the context', 'context'],
    ['event', 'events'],
  ] as const
  return parts.flatMap(([word, part]) => {
    const gone = kept[part].filter((name) => !present[part].includes(name))
    const fresh = present[part].filter((name) => !kept[part].includes(name))
    return [
      ...gone.map((name) => `the ${word} ${name} is gone`),
      ...(part === 'events' ? [] : fresh.map((name) => `the ${word} ${name} is new`)),
    ]
  })
}

describe('the shape', async () => {
  const shapes = await keptShapes()

  for (const definition of presentRegistry().all) {
    const { id, version } = definition
    test(`of ${id} is the one that its version ${version} had`, async () => {
      const kept = shapes[id]?.[version]
      assert.ok(kept, `${id} has a new version ${version}: note its shape by \`${NOTE}\``)
      const histories = (await Promise.all(kept.releases.map(readHistories))).flat()
      const changes = changesOf(kept, shapeOf(definition, histories))
      const sentence = `${id} changed its shape within version ${version}: ${changes.join('; ')}. Let its version grow, lift older snapshots in its \`migrate\`, and note the new shape by \`${NOTE}\`.`
      assert.ok(changes.length === 0, sentence)
    })
  }

  test('is told by states and keys that came or went, and by events that went', () => {
    const shape: Shape = { states: ['a', 'b'], context: ['x', 'x.y'], events: ['e', 'f'] }
    assert.deepEqual(changesOf(shape, shape), [])
    assert.deepEqual(changesOf(shape, { ...shape, events: ['e', 'f', 'g'] }), [])
    assert.deepEqual(
      changesOf(shape, { states: ['a', 'c'], context: ['x', 'x.z'], events: ['f'] }),
      [
        'the state b is gone',
        'the state c is new',
        'the key of the context x.y is gone',
        'the key of the context x.z is new',
        'the event e is gone',
      ],
    )
  })
})
