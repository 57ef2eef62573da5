import type {
  Chart,
  ChartAction,
  ChartEdge,
  ChartState,
} from '../../../src/machines/charts/chart.ts'
import type { Moment, Simulation } from '../../../src/machines/charts/simulation.ts'
import { stateName } from '../../../src/machines/engine/transition.ts'

/** How a machine is best read at first: one way through it, and what to know before all else. */
export interface Lesson {
  /** One of the simulation's beginnings. */
  beginning: string
  about: string
  /** What happens, by the type of the event, and what it means; `nth`: of the samples of that type. */
  steps: readonly (readonly [event: string, says: string, nth?: number])[]
  ideas: readonly [Idea, Idea, Idea]
}

export type Idea = readonly [title: string, text: string]

export const LESSONS: Readonly<Record<string, Lesson>> = {
  conversation: {
    beginning: 'in English',
    about: 'Somebody writes what they wish, sees what it may become, presses a price, and gets it.',
    steps: [
      [
        'text.received',
        'Nothing is asked, so the words are a wish. What can be paid is looked up.',
      ],
      ['balance.read', 'The offers appear, each with its price on the button.'],
      ['pick.confirmed', 'One tap confirms price and order; the job is asked for.'],
      ['job.started', 'The job exists, and its money is on hold. The screen follows it.'],
      ['job.delivered', 'The result is in the chat.'],
    ],
    ideas: [
      [
        'A state says what an event means',
        'The same words are a wish in `menu`, an answer in `drafting`, a search in `browsing`. What is true ' +
          'everywhere (commands, the buttons of results) is said once, at the root; a state that wants it ' +
          'otherwise says so itself, and the innermost one wins.',
      ],
      [
        'It asks, and is told',
        'The machine does nothing itself. A step names effects; the actors do them after the step is ' +
          'stored, and what comes of it is the next event. A timer leads on where no answer comes.',
      ],
      [
        'The screen is drawn from the state',
        'No transition sends text. After a step the screen is drawn anew from state and context, so a ' +
          'restart, a double tap or a lost message can leave nothing wrong on it.',
      ],
    ],
  },
  job: {
    beginning: 'with a picture',
    about: 'A paid order with a picture as input that goes well.',
    steps: [
      ['inputs.uploaded', 'The provider has the picture.'],
      ['create.claimed', 'From here on the one call may have been sent.'],
      ['create.accepted', 'The provider has the task and works on it.'],
      ['task.reported', 'A callback brings the links of the result.'],
      ['result.delivered', 'It is in the chat: only now the money is taken.'],
    ],
    ideas: [
      [
        'Claim, then call',
        'Calling the provider costs money, and a process may die at any word. So a claim is stored ' +
          'first (`creating`): whoever comes back and finds it does not call again, but asks (`unknown`).',
      ],
      [
        'One hold, one end',
        'The money is put on hold with the first step. Each way through the chart ends it exactly once: ' +
          'captured in `delivered`, released in `failed`.',
      ],
      [
        'News may come early, late and twice',
        'A callback may overtake the answer to the call, and a poll may say the same again. States keep ' +
          'what comes too early and ignore what they know: nothing depends on the order.',
      ],
    ],
  },
  topup: {
    beginning: 'by Stars',
    about: 'Somebody pays with Telegram Stars.',
    steps: [
      ['invoice.sent', 'The invoice stands in the chat.'],
      ['checkout.approved', 'They press Pay, and we approve. No money has moved.'],
      [
        'payment.received',
        'Telegram has charged them: the money is on the account in this very step.',
      ],
    ],
    ideas: [
      [
        'Money that came is credited in any state',
        '`payment.received` stands at the root: an invoice that expired or was replaced may still be ' +
          'paid, and nobody loses anything by it.',
      ],
      [
        'A payment counts once',
        'Telegram may report the same charge again. Known ones are recognised by their charge, here and ' +
          'by the ledger.',
      ],
      [
        'Money leaves first, then Stars go back',
        'A refund takes the money off the account before Telegram is asked; should Telegram refuse, it ' +
          'returns. At no moment do both have it.',
      ],
    ],
  },
  broadcast: {
    beginning: 'by an admin',
    about: 'An admin writes a message, sees it as people will, and sends it to all of them.',
    steps: [
      ['content.given', 'The message as it stands in the admin’s chat.'],
      ['preview.sent', 'The admin has it as people would: now it may be sent.'],
      ['start.wanted', 'Its recipients are fixed, once.'],
      ['turn.given', 'No other broadcast is under way: the first batch goes out.'],
      ['batch.done', 'Everybody has it, or can’t get it.', 1],
    ],
    ideas: [
      [
        'Seen before it is sent',
        'There is no way from `draft` to `starting` past `previewing`: nobody sends what they have not seen. Other ' +
          'words or buttons lead back there.',
      ],
      [
        'In batches, one broadcast at a time',
        '`sending` enters itself again for each batch, so a pause or a cancel is heard in between. Another ' +
          'broadcast waits in `queued` for its turn.',
      ],
      [
        'Trouble stops it, and is told',
        'Telegram asks to wait (`resting`), or refuses the message for everybody (`paused`): an admin decides. What ' +
          'was sent stays noted, and nobody gets it twice.',
      ],
    ],
  },
  support: {
    beginning: 'of a user',
    about: 'Somebody asks where their film is, is answered, and says that all is well.',
    steps: [
      ['user.said', 'The words go to the staff, with the order that they are about.'],
      ['topic.opened', 'The staff reads this thread in a topic of its own from now on.'],
      ['staff.said', 'The answer goes to the user, with the name of who answers.'],
      ['user.solved', 'Both sides see that it is done.'],
    ],
    ideas: [
      [
        'One thread for each user',
        'The thread never ends: new words open a solved one again, so nobody asks which case a message ' +
          'belongs to.',
      ],
      [
        'Either side may speak at any time',
        '`user.said` and `staff.said` stand at the root: two of the staff may answer at once, and each ' +
          'answer arrives under its own name.',
      ],
      [
        'The state says who waits',
        '`waiting` is a user without an answer, `answered` one who may write again. Solving is possible in ' +
          'both, from either side.',
      ],
    ],
  },
  lifecycle: {
    beginning: 'webhook',
    about: 'A process starts in webhook mode and becomes the one that leads.',
    steps: [
      ['server.listening', 'The port answers; everything else comes up behind it.'],
      ['schema.ready', 'Migrations are done: what comes in is processed.'],
      ['bot.identified', 'Telegram knows us. Nothing to do with it yet: another one may lead.'],
      ['lock.gained', 'This instance leads, and sees to the webhook.'],
    ],
    ideas: [
      [
        'Four questions side by side',
        'How far the process is, whether the database answers, who leads, who takes updates in: each has ' +
          'a region of its own, and all are active at once.',
      ],
      [
        'States name duties',
        'Tags of states say what this process has to do now (lead, poll, register). The service starts and ' +
          'stops that work; no `if` elsewhere decides it.',
      ],
      [
        'It lives in memory',
        'All other machines are rows and survive; this one is the process itself. It sees to it that a ' +
          'process that dies leaves nothing that another could not take over.',
      ],
    ],
  },
}

/** One step of a lesson, as the machine really takes it. */
export interface LessonStep {
  event: string
  says: string
  state: string
  effects: readonly string[]
}

/** Takes a lesson's way; throws when the machine no longer goes it. */
export function walkLesson(
  simulation: Simulation,
  lesson: Lesson,
): { begin: string; steps: LessonStep[] } {
  const first = simulation.begin(lesson.beginning)
  let moment: Moment = first
  const steps = lesson.steps.map(([type, says, nth = 0]): LessonStep => {
    const offers = simulation.offers(moment).filter((o) => o.event.type === type && !o.bare)
    const offer = offers[nth]
    if (offer === undefined) {
      const at = `${simulation.definition.id} in ${stateName(moment.snapshot.value)}`
      throw new Error(
        `${at} takes no ${type}: mend its lesson in scripts/generate/charts/lessons.ts`,
      )
    }
    moment = simulation.send(moment, offer.event)
    return {
      ...{ event: type, says, state: placeOf(moment) },
      effects: moment.effects.map((effect) => effect.type),
    }
  })
  return { begin: placeOf(first), steps }
}

/** The state's name; of regions side by side only what each is in. */
function placeOf({ snapshot }: Moment): string {
  const name = stateName(snapshot.value)
  const regions = name.split(',')
  return regions.length === 1 ? name : regions.map((region) => region.split('.').at(-1)).join(' · ')
}

/** A chart of the way alone: its states in one row, and the events that led from one to the next. */
export function lessonChart(
  chart: Chart,
  { begin, steps }: { begin: string; steps: readonly LessonStep[] },
): Chart {
  const root = `${chart.id} path`
  const names = [...new Set([begin, ...steps.map(({ state }) => state)])]
  const idOf = (name: string) => `${root}.${name}`
  const plain: Omit<ChartState, 'id' | 'key' | 'parent' | 'depth' | 'type' | 'initial'> = {
    ...{ history: null, description: '', tags: [], meta: {}, entry: [], exit: [] },
    ...{ initialActions: [], invokes: [] },
  }
  const states: ChartState[] = [
    {
      ...plain,
      ...{ id: root, key: chart.id, parent: null, depth: 0, type: 'compound' as const },
      initial: idOf(begin),
    },
    ...names.map((name) => ({
      ...plain,
      ...{ id: idOf(name), key: name, parent: root, depth: 1, initial: null },
      type: typeOf(chart, name),
    })),
  ]
  const edges = steps.map(({ event, state, effects }, i): ChartEdge => {
    const source = idOf(steps[i - 1]?.state ?? begin)
    const actions = effects.map((name): ChartAction => ({ name, kind: 'effect' }))
    return {
      ...{ id: `${source}|${event}|${i}`, source, event, index: 0, label: event, actions },
      targets: [idOf(state)],
      ...{ kind: 'event', delay: null, guard: null, condition: null },
      ...{ reenter: false, description: '' },
    }
  })
  return { id: root, description: '', states, edges, events: [], delays: {} }
}

const typeOf = ({ id, states }: Chart, name: string): 'atomic' | 'final' =>
  states.find((s) => s.id === `${id}.${name}`)?.type === 'final' ? 'final' : 'atomic'
