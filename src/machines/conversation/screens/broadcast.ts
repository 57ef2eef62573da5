import { AUDIENCES, type Audience } from '../../broadcast/audience.ts'
import type { BroadcastCard } from '../../broadcast/card.ts'
import { type Progress, waitingOf } from '../../broadcast/progress.ts'
import { isBroadcast } from '../../broadcast/statuses.ts'
import type { Translate } from '../../texts/translate.ts'
import type { BroadcastLine, BroadcastWish } from '../admin/broadcast.ts'
import { broadcastsOf } from '../changes/broadcast.ts'
import { waitScreen } from './run.ts'
import {
  type Button,
  backRow,
  button,
  duration,
  lines,
  rows,
  type Scene,
  type Screen,
} from './screen.ts'
import { clockText } from './time.ts'

const ICONS: Record<string, string> = {
  sending: '📤',
  resting: '📤',
  paused: '⏸',
  cancelled: '✖️',
  done: '✅',
}

function lineLabel({ t, language }: Scene, { state, words, at }: BroadcastLine): string {
  return `${ICONS[state] ?? '✏️'} ${clockText(at, language)} · ${words || t('broadcast.noWords')}`
}

/** The newest broadcasts. */
export function broadcastsScreen(scene: Scene): Screen | null {
  const { t } = scene
  const { rows: found } = broadcastsOf(scene.context)
  if (found === null) return waitScreen(scene)
  return {
    text: lines(t('broadcast.title'), '', t('broadcast.what')),
    keyboard: [
      [button(t('broadcast.begin'), { type: 'broadcast.begun' })],
      ...found.map((line) => [
        button(lineLabel(scene, line), { type: 'broadcast.opened', id: line.id }),
      ]),
      backRow(scene),
    ],
  }
}

export const composeScreen = (scene: Scene): Screen => ({
  text: scene.t('broadcast.compose'),
  keyboard: [backRow(scene)],
})

const EXAMPLE = { site: 'https://example.org', model: 'https://t.me/…?start=…' }

export const broadcastButtonsScreen = (scene: Scene): Screen => ({
  text: scene.t('broadcast.howButtons', EXAMPLE),
  keyboard: [
    [button(scene.t('broadcast.dropButtons'), { type: 'broadcast.buttons.dropped' })],
    backRow(scene),
  ],
})

function audienceText(t: Translate, audience: Audience): string {
  if (audience.kind === 'language') return t(`broadcast.for.${audience.language}`)
  if (audience.kind === 'idle') return t('broadcast.for.idle', { days: audience.days })
  return t(`broadcast.for.${audience.kind}`)
}

/** Whom it is for: a button with the number of people for each. */
export function audienceScreen(scene: Scene): Screen | null {
  const { t } = scene
  const { counts } = broadcastsOf(scene.context)
  if (counts === null) return waitScreen(scene)
  return {
    text: t('broadcast.whom'),
    keyboard: [
      ...AUDIENCES.map((audience, i) => [
        button(
          audienceText(t, audience),
          { type: 'broadcast.audience.chosen', audience },
          ` · ${counts[i] ?? 0}`,
        ),
      ]),
      backRow(scene),
    ],
  }
}

/** How many people the chosen audience has, if that is read. */
function countOf({ counts }: { counts: number[] | null }, audience: Audience): number | null {
  const chosen = JSON.stringify(audience)
  const i = AUDIENCES.findIndex((one) => JSON.stringify(one) === chosen)
  return counts?.[i] ?? null
}

/** What is about to be sent, and to how many. */
export function broadcastAgreeScreen(scene: Scene): Screen | null {
  const { t } = scene
  const desk = broadcastsOf(scene.context)
  const { card } = desk
  if (typeof card === 'string' || card === null) return broadcastScreen(scene)
  const count = countOf(desk, card.audience)
  if (count === null) return waitScreen(scene)
  return {
    text: lines(
      t('broadcast.sure'),
      '',
      t('broadcast.words', { words: card.content?.words || t('broadcast.noWords') }),
      t('broadcast.people', { audience: audienceText(t, card.audience), count }),
      t('broadcast.takes', { time: duration(scene, count * 40) }),
      '',
      t('broadcast.noWayBack'),
    ),
    keyboard: [[button(t('broadcast.send'), { type: 'broadcast.agreed' })], backRow(scene)],
  }
}

/** The notice about its end is no screen: it has nothing but the language. */
type Words = Pick<Scene, 't'>

const BAR = 10

/** How far it is: a bar, and the share in whole percent; all of it only when nobody waits. */
function bar(progress: Progress): string {
  const { total } = progress
  const gone = total - waitingOf(progress)
  const share = total === 0 ? 1 : gone / total
  const full = Math.floor(share * BAR)
  return `${'▰'.repeat(full)}${'▱'.repeat(BAR - full)} ${Math.floor(share * 100)}%`
}

function progressLines({ t }: Words, { progress }: BroadcastCard): (string | false)[] {
  const { total, sent, blocked, failed, skipped, lost } = progress
  return [
    bar(progress),
    t('broadcast.sent', { sent, total }),
    blocked > 0 && t('broadcast.blocked', { count: blocked }),
    skipped > 0 && t('broadcast.skipped', { count: skipped }),
    failed > 0 && t('broadcast.failed', { count: failed }),
    lost > 0 && t('broadcast.lost', { count: lost }),
  ]
}

/** Why it stopped by itself, and what can be done. */
function troubleText(t: Translate, code: string): string {
  if (code === 'broadcast.gone') return t('broadcast.gone')
  return t(code === 'broadcast.stuck' ? 'broadcast.stuck' : 'broadcast.refused')
}

/** What it says, whom it is for, and how it goes. */
export function broadcastLines(scene: Words, card: BroadcastCard): (string | false)[] {
  const { t } = scene
  const { state, content, buttons, audience, startedAt, endedAt, trouble } = card
  return [
    t('broadcast.one'),
    '',
    content === null
      ? t('broadcast.empty')
      : t('broadcast.words', { words: content.words || t('broadcast.noWords') }),
    t('broadcast.whomIs', { audience: audienceText(t, audience) }),
    buttons.length > 0 &&
      t('broadcast.buttonsAre', { buttons: buttons.map(({ text }) => text).join(' · ') }),
    '',
    t(`broadcast.state.${state as 'draft'}`),
    startedAt !== null && '',
    ...(startedAt === null ? [] : progressLines(scene, card)),
    startedAt !== null &&
      endedAt !== null &&
      t('broadcast.took', { time: duration(scene, endedAt - startedAt) }),
    trouble !== null && '',
    trouble !== null && troubleText(t, trouble),
  ]
}

const wishes = ({ t }: Scene, ...all: BroadcastWish[]): Button[] =>
  all.map((wish) => button(t(`broadcast.wish.${wish}`), { type: 'broadcast.wanted', wish }))

function changeRows({ t }: Scene): Button[][] {
  return rows(
    [
      button(t('broadcast.reword'), { type: 'broadcast.reworded' }),
      button(t('broadcast.buttons'), { type: 'broadcast.buttons.opened' }),
      button(t('broadcast.audience'), { type: 'broadcast.audience.opened' }),
    ],
    2,
  )
}

/** What can be done with it, by its state. */
function rowsFor(scene: Scene, { id, state, content }: BroadcastCard): Button[][] {
  const { t } = scene
  const refresh = button(t('jobs.refresh'), { type: 'broadcast.opened', id })
  if (state === 'ready') {
    return [
      [button(t('broadcast.start'), { type: 'broadcast.start.opened' })],
      wishes(scene, 'preview', 'cancel'),
      ...changeRows(scene),
    ]
  }
  if (isBroadcast(state, 'open')) {
    const reword = [button(t('broadcast.reword'), { type: 'broadcast.reworded' as const })]
    const changing = content === null ? [reword] : [...changeRows(scene), [refresh]]
    return [...changing, wishes(scene, 'cancel')]
  }
  if (isBroadcast(state, 'ended')) return []
  if (state === 'paused') return [wishes(scene, 'resume', 'cancel')]
  if (state === 'cancelling') return [[refresh]]
  if (state === 'pausing') return [wishes(scene, 'cancel'), [refresh]]
  return [wishes(scene, 'pause', 'cancel'), [refresh]]
}

/** One broadcast. */
export function broadcastScreen(scene: Scene): Screen | null {
  const { card } = broadcastsOf(scene.context)
  if (card === null || card === 'new') return waitScreen(scene)
  if (card === 'gone') return { text: scene.t('broadcast.unknown'), keyboard: [backRow(scene)] }
  return {
    text: lines(...broadcastLines(scene, card)),
    keyboard: [...rowsFor(scene, card), backRow(scene)],
  }
}
