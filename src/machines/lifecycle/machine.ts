import { assign, type SnapshotFrom, setup } from 'xstate'
import { LIFECYCLE_EVENTS, type LifecycleEvent } from './events.ts'

export type BotMode = 'webhook' | 'polling'

export interface LifecycleContext {
  readonly botMode: BotMode
  readonly lockAcquired: boolean
  readonly schemaReady: boolean
  /** Nothing bad is known about the database; false only after it was lost. */
  readonly databaseUp: boolean
}

/** Facts may come in any order and in any state, so every one is kept as soon as it is told. */
const lifecycleSetup = setup({
  types: {} as {
    context: LifecycleContext
    events: LifecycleEvent
    input: { readonly botMode: BotMode }
  },
  guards: {
    isSchemaReady: ({ context }) => context.schemaReady,
    mayWork: ({ context }) =>
      context.databaseUp && (context.botMode === 'webhook' || context.lockAcquired),
    mayNotWork: ({ context }) =>
      !context.databaseUp || (context.botMode === 'polling' && !context.lockAcquired),
  },
  actions: {
    noteSchema: assign({ schemaReady: true, databaseUp: true }),
    noteLock: assign({ lockAcquired: true }),
    noteNoLock: assign({ lockAcquired: false }),
    noteDatabase: assign({ databaseUp: true }),
    noteNoDatabase: assign({ databaseUp: false }),
  },
})

/** Every state that is not ending yet ends this way. */
const drain = {
  'signal.received': {
    description: LIFECYCLE_EVENTS['signal.received'],
    target: 'draining',
  },
} as const

/** The life of one process; not persisted. Every state keeps the four facts of the context current. */
export const lifecycleMachine = lifecycleSetup.createMachine({
  id: 'lifecycle',
  description: 'The life of one process, from the bound port to the last finished step.',
  context: ({ input }) => ({
    botMode: input.botMode,
    lockAcquired: false,
    schemaReady: false,
    databaseUp: true,
  }),
  initial: 'booting',
  on: {
    'schema.ready': {
      description: LIFECYCLE_EVENTS['schema.ready'],
      actions: 'noteSchema',
    },
    'lock.gained': {
      description: LIFECYCLE_EVENTS['lock.gained'],
      actions: 'noteLock',
    },
    'lock.lost': {
      description: LIFECYCLE_EVENTS['lock.lost'],
      actions: 'noteNoLock',
    },
    'database.lost': {
      description: LIFECYCLE_EVENTS['database.lost'],
      actions: 'noteNoDatabase',
    },
    'database.back': {
      description: LIFECYCLE_EVENTS['database.back'],
      actions: 'noteDatabase',
    },
  },
  states: {
    booting: {
      id: 'lifecycle.booting',
      description: 'The process has started and binds its port.',
      on: {
        'server.listening': {
          description: LIFECYCLE_EVENTS['server.listening'],
          target: 'starting',
        },
        ...drain,
      },
    },
    starting: {
      id: 'lifecycle.starting',
      description: 'The port answers; database and migrations come up in the background.',
      on: drain,
      always: {
        description: 'The schema is there.',
        guard: 'isSchemaReady',
        target: 'standby',
      },
    },
    standby: {
      id: 'lifecycle.standby',
      description: 'Complete, but passive: the database is away, or another instance polls.',
      on: drain,
      always: {
        description: 'The database answers and, in polling mode, this instance is the elected one.',
        guard: 'mayWork',
        target: 'active',
      },
    },
    active: {
      id: 'lifecycle.active',
      description: 'Processes what it receives.',
      on: drain,
      always: {
        description: 'The database or, in polling mode, the lock is gone.',
        guard: 'mayNotWork',
        target: 'standby',
      },
    },
    draining: {
      id: 'lifecycle.draining',
      description:
        'Takes nothing new; finishes or parks what it has. Hosts ask twice: once is enough.',
      on: {
        'drain.finished': {
          description: LIFECYCLE_EVENTS['drain.finished'],
          target: 'stopped',
        },
      },
    },
    stopped: {
      id: 'lifecycle.stopped',
      description: 'Everything is closed; the process may exit.',
      type: 'final',
    },
  },
})

export type LifecycleSnapshot = SnapshotFrom<typeof lifecycleMachine>

/** What /health, /ready and the intakes need to know. */
export interface LifecycleView {
  readonly status: 'ok' | 'degraded'
  readonly mode: 'active' | 'passive' | 'booting' | 'draining'
  readonly active: boolean
  readonly lockAcquired: boolean
  readonly schemaReady: boolean
}

const MODES = {
  booting: 'booting',
  starting: 'booting',
  standby: 'passive',
  active: 'active',
  draining: 'draining',
  stopped: 'draining',
} as const satisfies Record<LifecycleSnapshot['value'], LifecycleView['mode']>

/** Reads a snapshot: degraded means that the database was lost and is not back. */
export const lifecycleView = ({ value, context }: LifecycleSnapshot): LifecycleView => ({
  status: context.databaseUp ? 'ok' : 'degraded',
  mode: MODES[value],
  active: value === 'active',
  lockAcquired: context.lockAcquired,
  schemaReady: context.schemaReady,
})
