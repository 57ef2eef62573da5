import type { AnyMachineSnapshot } from 'xstate'
import { problemText } from '../../labels/problems.ts'
import { escapeHtml, translator } from '../../texts/translate.ts'
import { stateName } from '../../transition.ts'
import type { ConversationContext } from '../context.ts'
import { balanceScreen, helpScreen, languageScreen } from './account.ts'
import { cardScreen, listScreen, menuScreen } from './browse.ts'
import { askScreen, extrasScreen, previewScreen } from './order.ts'
import { finishedScreen, jobsScreen, watchScreen } from './run.ts'
import { lines, type Scene, type Screen, type View } from './screen.ts'

/** The screen of every state; null: nothing to show yet, the last one stays. */
export const SCREENS: Record<string, (scene: Scene) => Screen | null> = {
  menu: menuScreen,
  'browsing.list': listScreen,
  'browsing.card': cardScreen,
  'drafting.choosing': askScreen,
  'drafting.writing': askScreen,
  'drafting.attaching': askScreen,
  'drafting.quoting': () => null,
  'drafting.preview': previewScreen,
  'drafting.extras': extrasScreen,
  starting: () => null,
  watching: watchScreen,
  finished: finishedScreen,
  jobs: jobsScreen,
  balance: balanceScreen,
  help: helpScreen,
  language: languageScreen,
}

/** What the user sees in this snapshot: the state's screen, under a hint if there is one. Pure. */
export function drawScreen(snapshot: AnyMachineSnapshot, view: View): Screen | null {
  const context = snapshot.context as ConversationContext
  const draw = SCREENS[stateName(snapshot.value)]
  if (draw === undefined) throw new Error(`no screen for ${stateName(snapshot.value)}`)
  const t = translator(context.language)
  const screen = draw({ context, language: context.language, t, view })
  if (screen === null || context.hint === null) return screen
  const { hint: given, language } = context
  const hint =
    'problem' in given ? escapeHtml(problemText(given.problem, language)) : t(`hint.${given.code}`)
  return { ...screen, text: lines(hint, '', screen.text) }
}
