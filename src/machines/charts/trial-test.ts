import { stateName } from '../engine/transition.ts'
import type { Moment } from './simulation.ts'

/** How a test gets at what is tried. */
export interface TrialSource {
  /** What the machine is called in the test's name. */
  name: string
  /** The first lines of the file. */
  imports: readonly string[]
  /** An expression for a trial, whose effects are expected too; null: `machine` is one. */
  trial: string | null
  /** An expression for the machine, to be run by XState alone. */
  machine: string | null
}

/** A file for `node --test` that goes the same way and expects the same states. */
export function trialTest(
  source: TrialSource,
  beginning: string,
  moments: readonly Moment[],
): string {
  const [first, ...rest] = moments as readonly [Moment, ...Moment[]]
  const last = moments.at(-1) as Moment
  const title = `${source.name} goes from ${stateOf(first)} to ${stateOf(last)}`
  const write = source.trial === null ? byXState(source.machine ?? '') : byTrial(source.trial)
  return [
    `import assert from 'node:assert/strict'`,
    `import { test } from 'node:test'`,
    ...source.imports,
    ...write.imports,
    '',
    `test(${quoted(title)}, () => {`,
    ...write.begin(beginning),
    ...write.expect(first),
    ...rest.flatMap((moment) => {
      const { at: _, rnd: __, ...event } = moment.event ?? { type: '' }
      return [...write.send(JSON.stringify(event)), ...write.expect(moment)]
    }),
    '})',
    '',
  ].join('\n')
}

const stateOf = ({ snapshot }: Moment) => stateName(snapshot.value) || 'its only state'
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const byTrial = (trial: string) => ({
  imports: [],
  begin: (beginning: string) => [
    `  const trial = ${trial}`,
    `  let moment = trial.begin(${quoted(beginning)})`,
  ],
  send: (event: string) => [`  moment = trial.send(moment, ${event})`],
  expect({ snapshot, effects }: Moment) {
    const types = JSON.stringify(effects.map((effect) => effect.type))
    return [
      `  assert.deepEqual(moment.snapshot.value, ${JSON.stringify(snapshot.value)})`,
      `  assert.deepEqual(moment.effects.map((e) => e.type), ${types})`,
    ]
  },
})

const byXState = (machine: string) => ({
  imports: [`import { initialTransition, transition } from 'xstate'`],
  begin: () => [
    `  const machine = ${machine}`,
    '  let [snapshot] = initialTransition(machine, {})',
  ],
  send: (event: string) => [`  ;[snapshot] = transition(machine, snapshot, ${event})`],
  expect: ({ snapshot }: Moment) => [
    `  assert.deepEqual(snapshot.value, ${JSON.stringify(snapshot.value)})`,
  ],
})
