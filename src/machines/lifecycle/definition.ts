import type { Definition } from '../engine/definition.ts'
import { lifecycleMachine } from './machine.ts'

/** Kept by nobody, but shown and tried like the machines of actors. */
export const lifecycleDefinition: Definition = {
  id: 'lifecycle',
  version: 1,
  machine: lifecycleMachine,
  effects: {},
}
