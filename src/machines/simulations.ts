import { broadcastSamples } from './broadcast/samples.ts'
import { createSimulation, type Samples, type Simulation } from './charts/simulation.ts'
import { createConversationSamples } from './conversation/samples/samples.ts'
import { SAMPLE_VIEW } from './conversation/samples/view.ts'
import { createDefinitions } from './definitions.ts'
import type { Definition } from './engine/definition.ts'
import { jobSamples } from './job/samples.ts'
import { lifecycleMachine } from './lifecycle/machine.ts'
import { lifecycleSamples } from './lifecycle/samples.ts'
import { topupSamples } from './topup/samples.ts'

const SAMPLES: Readonly<Record<string, Samples>> = {
  conversation: createConversationSamples(SAMPLE_VIEW),
  job: jobSamples,
  topup: topupSamples,
  broadcast: broadcastSamples,
  lifecycle: lifecycleSamples,
}

/** Kept by nobody, but of the same kind as the others. */
const lifecycle: Definition = {
  id: 'lifecycle',
  version: 1,
  machine: lifecycleMachine,
  effects: {},
}

/** Every machine that can be tried by itself, by name. */
export const createSimulations = (): ReadonlyMap<string, Simulation> =>
  new Map(
    [...createDefinitions(SAMPLE_VIEW), lifecycle].flatMap((definition) => {
      const samples = SAMPLES[definition.id]
      if (samples === undefined) return []
      return [[definition.id, createSimulation(definition, samples)] as const]
    }),
  )
