import { beginJob } from './context.ts'
import { jobSetup } from './setup.ts'

/** While the money is on hold an operator may end the job and give it back. */
const refund = {
  'operator.refund': {
    description: 'An operator gives the money back; a result that still comes is delivered free.',
    guard: 'hasHold',
    target: '#job.failed',
    actions: 'expireByOperator',
  },
} as const

/** Until the provider is asked, a user may change their mind. */
const cancel = {
  'user.cancel': {
    description: 'The provider knows nothing of it yet: no order, all the money back.',
    target: '#job.failed',
    actions: 'cancelByUser',
  },
} as const

/** From then on the task can't be stopped. */
const tooLate = {
  'user.cancel': {
    description: 'The provider may be at work: the user reads that it goes on.',
    actions: 'tell.cancel_refused',
  },
} as const

/** Long after its end nothing more can come. */
const closes = (end: 'delivered' | 'failed') =>
  ({
    closeLimit: {
      description: 'No report and no refund can come any more.',
      target: 'closed',
      actions: { type: 'noteEnd', params: { end } },
    },
  }) as const

/** One generation, from the money on hold to the result in the chat. */
export const jobMachine = jobSetup.createMachine({
  id: 'job',
  description: 'One generation: money on hold, files handed over, task created, result delivered.',
  context: ({ input }) => beginJob(input),
  initial: 'preparing',
  states: {
    preparing: {
      id: 'job.preparing',
      tags: 'cancellable',
      description: 'The hold is booked; files that the user gave are handed to the provider.',
      entry: ['ledger.hold', 'ledger.reserve', 'kie.upload'],
      always: {
        description: 'No files were given.',
        guard: 'hasNothingToUpload',
        target: 'pending',
      },
      on: {
        ...refund,
        ...cancel,
        'inputs.uploaded': {
          description: 'The provider has the files.',
          target: 'pending',
          actions: 'keepUploads',
        },
        'inputs.rejected': {
          description: 'A file is gone, too large or not what it should be.',
          target: 'failed',
          actions: 'keepError',
        },
      },
      after: {
        uploadLimit: {
          description: 'The files could not be handed over in time.',
          target: 'failed',
          actions: 'expireUpload',
        },
      },
    },
    pending: {
      id: 'job.pending',
      tags: ['cancellable', 'queued'],
      description: 'Everything is there; the create call may be sent as soon as it is claimed.',
      entry: 'kie.create',
      on: {
        ...refund,
        ...cancel,
        'create.claimed': {
          description:
            'From here on the call may have been sent: it is not repeated without an answer.',
          guard: 'isClaimOfThisAttempt',
          target: 'creating',
        },
        'create.refused': {
          description: 'The call could not even be put together.',
          target: 'failed',
          actions: 'keepError',
        },
        'task.reported': {
          description: 'The task exists after all, and is done: no other one is asked for.',
          guard: 'taskSucceeded',
          target: 'delivering',
          actions: 'keepResult',
        },
      },
      after: {
        createLimit: {
          description: 'The provider could not be reached at all.',
          target: 'failed',
          actions: 'expireCreate',
        },
      },
    },
    creating: {
      id: 'job.creating',
      tags: 'claimed',
      description: 'The one create call is on its way.',
      on: {
        ...refund,
        ...tooLate,
        'create.accepted': {
          description: 'The provider has the task.',
          target: 'created',
          actions: 'keepTask',
        },
        'create.rejected': [
          {
            description: 'Certainly not created (busy, unreachable): another try is safe.',
            guard: 'mayTryAgain',
            target: 'retrying',
            actions: 'keepPause',
          },
          {
            description: 'Not created however often it was tried.',
            target: 'failed',
            actions: ['keepError', 'operator.alert'],
          },
        ],
        'create.refused': [
          {
            description: 'The account may not order: the operator has to act.',
            guard: 'isAccountTrouble',
            target: 'failed',
            actions: ['keepError', 'operator.alert', 'provider.pause'],
          },
          {
            description: 'The provider said no to this order.',
            target: 'failed',
            actions: 'keepError',
          },
        ],
        'create.lost': { description: 'No answer came: the task may exist.', target: 'unknown' },
        'task.reported': {
          description: 'A callback overtook the answer: it waits for it.',
          actions: 'defer',
        },
      },
      after: {
        answerLimit: {
          description: 'The calling instance is gone, and the answer with it.',
          target: 'unknown',
        },
      },
    },
    retrying: {
      id: 'job.retrying',
      tags: ['cancellable', 'queued'],
      description: 'The provider asked to wait.',
      always: {
        description: 'A deferred report proves that the task exists, and is done.',
        guard: 'taskSucceeded',
        target: 'delivering',
        actions: 'keepResult',
      },
      on: { ...refund, ...cancel },
      after: {
        retryPause: {
          description: 'The next try.',
          target: 'pending',
          actions: 'countAttempt',
        },
      },
    },
    created: {
      id: 'job.created',
      tags: 'reconcilable',
      description: 'The provider works; a callback or a poll brings the outcome.',
      initial: 'waiting',
      always: [
        {
          description: 'A deferred report says it is done.',
          guard: 'taskSucceeded',
          target: 'delivering',
          actions: 'keepResult',
        },
        {
          description: 'A deferred report says it failed.',
          guard: 'taskFailed',
          target: 'failed',
          actions: 'keepFailure',
        },
      ],
      states: {
        waiting: {
          id: 'job.created.waiting',
          description: 'Until the callback, or until it is time to ask.',
          after: { pollPause: { description: 'Time to ask.', target: 'polling' } },
        },
        polling: {
          id: 'job.created.polling',
          description: 'Asking for the status.',
          entry: ['countPoll', 'kie.poll'],
          on: {
            'poll.missed': { description: 'No answer; ask again later.', target: 'waiting' },
            'task.reported': [
              {
                description: 'Done.',
                guard: 'taskSucceeded',
                target: '#job.delivering',
                actions: 'keepResult',
              },
              {
                description: 'The provider failed.',
                guard: 'taskFailed',
                target: '#job.failed',
                actions: 'keepFailure',
              },
              {
                description: 'One stage further: the user is notified.',
                guard: 'stageIsNew',
                target: 'waiting',
                actions: ['keepStage', 'tell.stage'],
              },
              { description: 'Nothing new.', target: 'waiting' },
            ],
          },
          after: {
            pollLimit: { description: 'The answer to the poll got lost.', target: 'waiting' },
          },
        },
      },
      on: {
        ...refund,
        ...tooLate,
        'operator.reconcile': {
          description: 'An operator has the status asked now.',
          target: '.polling',
          reenter: false,
        },
        'task.reported': [
          {
            description: 'The callback: done.',
            guard: 'taskSucceeded',
            target: 'delivering',
            actions: 'keepResult',
          },
          {
            description: 'The callback: the provider failed.',
            guard: 'taskFailed',
            target: 'failed',
            actions: 'keepFailure',
          },
          {
            description: 'One stage further: the user is notified.',
            guard: 'stageIsNew',
            actions: ['keepStage', 'tell.stage'],
          },
        ],
      },
      after: {
        generationLimit: {
          description: 'The longest time is over: the money goes back.',
          target: 'failed',
          actions: ['expireTask', 'operator.alert'],
        },
      },
    },
    unknown: {
      id: 'job.unknown',
      description:
        'The create call got no answer; only a callback can show whether the task exists.',
      entry: 'operator.alert',
      always: [
        {
          description: 'A deferred report proves that the task exists, and is done.',
          guard: 'taskSucceeded',
          target: 'delivering',
          actions: 'keepResult',
        },
        {
          description: 'A deferred report proves that the task exists, and failed.',
          guard: 'taskFailed',
          target: 'failed',
          actions: 'keepFailure',
        },
      ],
      on: {
        ...refund,
        ...tooLate,
        'create.accepted': {
          description: 'The answer came after all.',
          target: 'created',
          actions: 'keepTask',
        },
        'task.reported': [
          {
            description: 'The task exists, and is done.',
            guard: 'taskSucceeded',
            target: 'delivering',
            actions: 'keepResult',
          },
          {
            description: 'The task exists, and failed.',
            guard: 'taskFailed',
            target: 'failed',
            actions: 'keepFailure',
          },
        ],
      },
      after: {
        unknownLimit: {
          description: 'No callback came: the money goes back.',
          target: 'failed',
          actions: 'expireUnknown',
        },
      },
    },
    delivering: {
      id: 'job.delivering',
      description: 'The result is there; it is sent to the chat until Telegram takes it.',
      entry: ['ledger.cost', 'noteCost', 'telegram.deliver'],
      on: {
        ...refund,
        ...tooLate,
        'result.delivered': { description: 'Telegram has it all.', target: 'delivered' },
        'result.undeliverable': [
          {
            description: 'The user blocked the bot: the result is kept for the history.',
            guard: 'wasBlocked',
            target: 'delivered',
            actions: 'noteUnreachable',
          },
          {
            description: 'The result is gone or Telegram will not have it.',
            target: 'failed',
            actions: 'keepError',
          },
        ],
      },
    },
    delivered: {
      id: 'job.delivered',
      tags: ['ended', 'succeeded'],
      description: 'Done and paid.',
      entry: ['noteTime', 'ledger.capture', 'tell.delivered'],
      on: {
        'operator.redeliver': {
          description: 'An operator has the result sent again.',
          actions: ['countRedelivery', 'telegram.deliver'],
        },
        'operator.refund': {
          description: 'An operator gives back what was paid, once.',
          guard: 'isPaid',
          actions: ['ledger.sale_undone', 'noteRefunded', 'tell.refunded'],
        },
      },
      after: closes('delivered'),
    },
    failed: {
      id: 'job.failed',
      tags: ['ended', 'failed', 'reconcilable'],
      description: 'Failed; the money is back. A late result is still delivered, free.',
      entry: ['ledger.release', 'ledger.return', 'tell.failed', 'noteReleased'],
      on: {
        'task.reported': {
          description: 'Late success after the refund: delivered free.',
          guard: 'taskSucceeded',
          target: 'delivering',
          actions: ['keepResult', 'operator.alert'],
        },
        'create.accepted': {
          description: 'The answer came after the end: the task can still be asked about.',
          actions: 'keepTask',
        },
        'operator.reconcile': {
          description: 'An operator asks whether it was made after all.',
          guard: 'hasTask',
          actions: ['countPoll', 'kie.poll'],
        },
        'operator.redeliver': {
          description: 'An operator has the result sent after all: delivered free.',
          guard: 'hasResult',
          target: 'delivering',
          actions: 'countRedelivery',
        },
      },
      after: closes('failed'),
    },
    closed: {
      id: 'job.closed',
      type: 'final',
      description:
        'Nothing can happen any more: the actor is archived, the order stays in its row.',
    },
  },
})
