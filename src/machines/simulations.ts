import { broadcastSamples } from './broadcast/samples.ts'
import { createSimulation, type Samples, type Simulation } from './charts/simulation.ts'
import { createConversationSamples } from './conversation/samples/samples.ts'
import { SAMPLE_VIEW } from './conversation/samples/view.ts'
import { createDefinitions } from './definitions.ts'
import { jobSamples } from './job/samples.ts'
import { lifecycleDefinition } from './lifecycle/definition.ts'
import { lifecycleSamples } from './lifecycle/samples.ts'
import { supportSamples } from './support/samples.ts'
import { topupSamples } from './topup/samples.ts'

const SAMPLES: Readonly<Record<string, Samples>> = {
  conversation: createConversationSamples(SAMPLE_VIEW),
  job: jobSamples,
  topup: topupSamples,
  broadcast: broadcastSamples,
  support: supportSamples,
  lifecycle: lifecycleSamples,
}

/** Every machine that can be tried by itself, by name. */
export const createSimulations = (): ReadonlyMap<string, Simulation> =>
  new Map(
    [...createDefinitions(SAMPLE_VIEW), lifecycleDefinition].flatMap((definition) => {
      const samples = SAMPLES[definition.id]
      if (samples === undefined) return []
      return [[definition.id, createSimulation(definition, samples)] as const]
    }),
  )
