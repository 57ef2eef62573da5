import type { AnyStateMachine } from 'xstate'
import { configurationOf } from './configuration.ts'

/** Whether the state that `stateName` named, or one around it, carries the tag. */
export const isTagged = (machine: AnyStateMachine, name: string, tag: string): boolean =>
  configurationOf(machine, name).some((id) => machine.getStateNodeById(id).tags.includes(tag))

/** Keys of the outermost states that carry the tag, in the order of the source. */
export const statesTagged = ({ root }: AnyStateMachine, tag: string): string[] =>
  Object.values(root.states).flatMap(({ key, tags }) => (tags.includes(tag) ? [key] : []))
