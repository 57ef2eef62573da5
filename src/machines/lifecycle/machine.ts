import { and, assign, not, or, type SnapshotFrom, setup, stateIn } from 'xstate'
import { LIFECYCLE_EVENTS, type LifecycleEvent } from './events.ts'

export type BotMode = 'webhook' | 'polling'

/** What the service does for as long as a state with this tag is active. */
export type Duty =
  /** What one instance does for all of them: the command menu, the nightly comparison. */
  | 'lead'
  /** Long polling. */
  | 'poll'
  /** Setting the webhook. */
  | 'register webhook'

export interface LifecycleContext {
  readonly botMode: BotMode
  readonly schemaReady: boolean
  readonly botIdentified: boolean
}

type Guard = (
  args: { context: LifecycleContext; event: LifecycleEvent },
  params: unknown,
) => boolean
const every = (...guards: Guard[]): Guard => and(guards)
const some = (...guards: Guard[]): Guard => or(guards)
const inState = (id: string): Guard => stateIn(`#lifecycle.${id}`)
const inMode =
  (mode: BotMode): Guard =>
  ({ context }) =>
    context.botMode === mode

const isIdentified: Guard = ({ context }) => context.botIdentified
const isLeader = inState('leadership.leader')
const isLeaderless = inState('leadership.leaderless')
const holdsLock = some(isLeader, inState('leadership.resigning'))
const mayWork = every(not(inState('database.lost')), some(inMode('webhook'), holdsLock))
const mayPoll = every(inMode('polling'), isIdentified, some(isLeader, isLeaderless))
const mayRegister = every(inMode('webhook'), isLeader)

const lifecycleSetup = setup({
  types: {} as {
    context: LifecycleContext
    events: LifecycleEvent
    input: { readonly botMode: BotMode }
    tags: Duty
  },
  guards: {
    isSchemaReady: ({ context }) => context.schemaReady,
    isPollingMode: inMode('polling'),
    isEnding: some(inState('process.draining'), inState('process.stopped')),
    mayWork,
    mayNotWork: not(mayWork),
    mayPoll,
    mayNotPoll: not(mayPoll),
    mayRegister,
    mayNotRegister: not(mayRegister),
  },
  actions: {
    noteSchema: assign({ schemaReady: true }),
    noteIdentity: assign({ botIdentified: true }),
  },
})

/** Every state that is not ending yet ends this way. */
const drain = {
  'signal.received': {
    description: LIFECYCLE_EVENTS['signal.received'],
    target: 'draining',
  },
} as const

const process = lifecycleSetup.createStateConfig({
  id: 'lifecycle.process',
  description: 'How far this process has come.',
  initial: 'booting',
  states: {
    booting: {
      id: 'lifecycle.process.booting',
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
      id: 'lifecycle.process.starting',
      description: 'The port answers; database and migrations come up in the background.',
      on: drain,
      always: {
        description: 'The schema is there.',
        guard: 'isSchemaReady',
        target: 'standby',
      },
    },
    standby: {
      id: 'lifecycle.process.standby',
      description: 'Complete, but passive: the database is away, or another instance polls.',
      on: drain,
      always: {
        description: 'The database answers and, in polling mode, this instance is the elected one.',
        guard: 'mayWork',
        target: 'active',
      },
    },
    active: {
      id: 'lifecycle.process.active',
      description: 'Processes what it receives.',
      on: drain,
      always: {
        description: 'The database or, in polling mode, the lock is gone.',
        guard: 'mayNotWork',
        target: 'standby',
      },
    },
    draining: {
      id: 'lifecycle.process.draining',
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
      id: 'lifecycle.process.stopped',
      description: 'Everything is closed; the process may exit.',
      type: 'final',
    },
  },
})

const database = lifecycleSetup.createStateConfig({
  id: 'lifecycle.database',
  description: 'What is known of PostgreSQL.',
  initial: 'answering',
  on: {
    'schema.ready': {
      description: LIFECYCLE_EVENTS['schema.ready'],
      target: '.answering',
      actions: 'noteSchema',
    },
    'database.unreachable': {
      description: LIFECYCLE_EVENTS['database.unreachable'],
      target: '.lost',
    },
  },
  states: {
    answering: {
      id: 'lifecycle.database.answering',
      description: 'It answers, or nothing bad is known of it yet.',
      on: {
        'heartbeat.missed': {
          description: 'Once may be chance.',
          target: 'doubtful',
        },
      },
    },
    doubtful: {
      id: 'lifecycle.database.doubtful',
      description: 'One heartbeat had no answer.',
      on: {
        'heartbeat.answered': {
          description: LIFECYCLE_EVENTS['heartbeat.answered'],
          target: 'answering',
        },
        'heartbeat.missed': {
          description: 'Twice in a row is no chance.',
          target: 'lost',
        },
      },
    },
    lost: {
      id: 'lifecycle.database.lost',
      description: 'It is away. What comes in is refused, so that its sender repeats it.',
      on: {
        'heartbeat.answered': {
          description: 'It is back. Before the schema is ready, the start says when that is.',
          guard: 'isSchemaReady',
          target: 'answering',
        },
      },
    },
  },
})

const leadership = lifecycleSetup.createStateConfig({
  id: 'lifecycle.leadership',
  description: 'Who does what only one instance may do: an advisory lock decides.',
  initial: 'follower',
  states: {
    follower: {
      id: 'lifecycle.leadership.follower',
      description: 'Another instance leads, or the election is not over.',
      on: {
        'lock.gained': [
          {
            description: 'The process ends anyway: the lock is given back.',
            guard: 'isEnding',
            target: 'resigning',
          },
          { description: LIFECYCLE_EVENTS['lock.gained'], target: 'leader' },
        ],
        'database.unreachable': [
          { description: 'The process ends anyway.', guard: 'isEnding' },
          {
            description: 'Nobody can be elected, and people must hear that the bot is updating.',
            guard: 'isPollingMode',
            target: 'leaderless',
          },
        ],
      },
    },
    leader: {
      id: 'lifecycle.leadership.leader',
      description: 'This instance holds the lock.',
      tags: ['lead'],
      on: {
        'lock.lost': [
          {
            description:
              'The lock goes with its connection. Until the database tells who leads, polling goes on.',
            guard: 'isPollingMode',
            target: 'leaderless',
          },
          { description: LIFECYCLE_EVENTS['lock.lost'], target: 'follower' },
        ],
        'signal.received': {
          description: 'The duties end first, then the lock is given back.',
          target: 'resigning',
        },
      },
    },
    resigning: {
      id: 'lifecycle.leadership.resigning',
      description: 'Still holds the lock, but does nothing with it any more.',
      on: {
        'lock.lost': {
          description: LIFECYCLE_EVENTS['lock.lost'],
          target: 'follower',
        },
      },
    },
    leaderless: {
      id: 'lifecycle.leadership.leaderless',
      description: 'The database is away, so there is no election: whoever polls tells people.',
      on: {
        'lock.gained': {
          description: LIFECYCLE_EVENTS['lock.gained'],
          target: 'leader',
        },
        'heartbeat.answered': {
          description: 'The database is back: whoever holds the lock polls.',
          guard: 'isSchemaReady',
          target: 'follower',
        },
        'polling.conflicted': {
          description: 'Somebody else polls already; one is enough.',
          target: 'follower',
        },
        'signal.received': {
          description: LIFECYCLE_EVENTS['signal.received'],
          target: 'follower',
        },
      },
    },
  },
})

const intake = lifecycleSetup.createStateConfig({
  id: 'lifecycle.intake',
  description: 'What this instance does so that updates come in.',
  initial: 'idle',
  on: {
    'bot.identified': {
      description: LIFECYCLE_EVENTS['bot.identified'],
      actions: 'noteIdentity',
    },
  },
  states: {
    idle: {
      id: 'lifecycle.intake.idle',
      description: 'Nothing: another instance does it, or it is too early or too late.',
      always: [
        {
          description: 'In polling mode, the leader; without a database, whoever gets through.',
          guard: 'mayPoll',
          target: 'polling',
        },
        {
          description: 'In webhook mode, the leader tells Telegram where to deliver.',
          guard: 'mayRegister',
          target: 'registering',
        },
      ],
    },
    polling: {
      id: 'lifecycle.intake.polling',
      description: 'Asks Telegram for updates.',
      tags: ['poll'],
      always: {
        description: 'Another instance polls, or the process ends.',
        guard: 'mayNotPoll',
        target: 'idle',
      },
    },
    registering: {
      id: 'lifecycle.intake.registering',
      description: 'Sees to it that Telegram has our address; updates reach every instance.',
      tags: ['register webhook'],
      always: {
        description: 'Another instance leads, or the process ends.',
        guard: 'mayNotRegister',
        target: 'idle',
      },
    },
  },
})

/**
 * The life of one process; not persisted. Four regions: `process` is what /health shows, `database`
 * counts heartbeats, `leadership` says who leads, `intake` how updates come in. Facts may come in any
 * order and in any state. The tags of the active states are the duties of this process.
 */
export const lifecycleMachine = lifecycleSetup.createMachine({
  id: 'lifecycle',
  description: 'The life of one process, from the bound port to the last finished step.',
  context: ({ input }) => ({ botMode: input.botMode, schemaReady: false, botIdentified: false }),
  type: 'parallel',
  states: { process, database, leadership, intake },
})

export type LifecycleSnapshot = SnapshotFrom<typeof lifecycleMachine>

/** What /health and /ready need to know. */
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
} as const satisfies Record<string, LifecycleView['mode']>

/** Reads a snapshot: degraded means that the database was lost and is not back. */
export const lifecycleView = ({ value, context }: LifecycleSnapshot): LifecycleView => ({
  status: value.database === 'lost' ? 'degraded' : 'ok',
  mode: MODES[value.process],
  active: value.process === 'active',
  lockAcquired: value.leadership === 'leader' || value.leadership === 'resigning',
  schemaReady: context.schemaReady,
})

/** Whether an update can be processed now: the database is there, and Telegram said who we are. */
export const acceptsUpdates = ({ value, context }: LifecycleSnapshot): boolean =>
  value.process === 'active' && context.botIdentified
