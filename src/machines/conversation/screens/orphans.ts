import { escapeHtml } from '../../texts/translate.ts'
import { isLetters, type LetterLine } from '../admin/orphans.ts'
import { mayDo } from '../admin/roles.ts'
import { waitScreen } from './run.ts'
import { backRow, button, lines, rows, type Scene, type Screen } from './screen.ts'
import { momentText } from './time.ts'

const ERROR_SHOWN = 120

/** What nobody goes on with: how much of what, since when; single ones of a kind, and what to do. */
export function orphansScreen(scene: Scene): Screen | null {
  const { t, language, context } = scene
  const { kind = null, lines: found, letters = [], asked = null } = context.account?.stuck ?? {}
  if (found === undefined) return waitScreen(scene)
  // A role that helps nobody only looks.
  const mayAct = mayDo(context.account?.overview?.role ?? 'owner', 'people')
  const said = asked !== null && t(`orphans.asked.${asked.what}`, { count: asked.count })
  const refresh = button(t('jobs.refresh'), { type: 'orphans.opened' as const, kind })
  if (kind === null) {
    const kinds = found.map((line) => line.kind).filter(isLetters)
    return {
      text: lines(
        t('orphans.title'),
        found.length > 0 && t('orphans.intro'),
        '',
        ...found.map((line) =>
          t('orphans.line', {
            ...{ what: t(`orphans.kind.${line.kind}`), count: line.count },
            when: momentText(line.since, language),
          }),
        ),
        found.length === 0 && t('orphans.none'),
        kinds.length > 0 && '',
        kinds.length > 0 && t('orphans.how'),
        said !== false && '',
        said,
      ),
      keyboard: [
        ...kinds.map((letters) => [
          button(t(`orphans.kind.${letters}`), { type: 'orphans.opened', kind: letters }),
        ]),
        ...(mayAct && found.some((line) => line.kind === 'orders')
          ? [[button(t('orphans.ask'), { type: 'orders.asked' })]]
          : []),
        [refresh],
        backRow(scene),
      ],
    }
  }
  const { count = letters.length } = found.find((line) => line.kind === kind) ?? {}
  const canReplay = mayAct && kind !== 'snapshot' && letters.length > 0
  return {
    text: lines(
      `<b>${t(`orphans.kind.${kind}`)}</b> · ${count}`,
      '',
      ...letters.map((letter, i) => letterText(scene, letter, i + 1)),
      letters.length === 0 && t('orphans.none'),
      said !== false && '',
      said,
    ),
    keyboard: [
      ...(canReplay
        ? [
            ...rows(
              letters.map(({ id }, i) =>
                button(t('orphans.one', { number: i + 1 }), { type: 'letters.replayed', kind, id }),
              ),
              4,
            ),
            [button(t('orphans.all', { count }), { type: 'letters.replayed', kind, id: null })],
          ]
        : []),
      [refresh, button(t('orphans.open'), { type: 'orphans.opened', kind: null })],
      backRow(scene),
    ],
  }
}

function letterText(
  { language }: Scene,
  { subject, error, at }: LetterLine,
  number: number,
): string {
  const why = error.length > ERROR_SHOWN ? `${error.slice(0, ERROR_SHOWN)}…` : error
  return `${number}. ${momentText(at, language)} · <code>${escapeHtml(subject)}</code>\n${escapeHtml(why)}`
}
