import type { AnyMachineSnapshot } from 'xstate'
import type { Rates } from '../../catalogue/pricing.ts'
import { stateName } from '../../engine/transition.ts'
import { problemText } from '../../labels/problems.ts'
import { escapeHtml, translator } from '../../texts/translate.ts'
import type { ConversationContext } from '../context.ts'
import { balanceScreen, helpScreen, languageScreen, newsScreen } from './account.ts'
import {
  adjustConfirmScreen,
  adminAdjustScreen,
  adminDoneScreen,
  adminPromoScreen,
  failuresScreen,
  overviewScreen,
} from './admin.ts'
import { askScreen } from './ask.ts'
import {
  audienceScreen,
  broadcastAgreeScreen,
  broadcastButtonsScreen,
  broadcastScreen,
  broadcastsScreen,
  composeScreen,
} from './broadcast.ts'
import {
  cardScreen,
  groupsScreen,
  listScreen,
  menuScreen,
  nothingScreen,
  searchScreen,
} from './browse.ts'
import { changeScreen } from './change.ts'
import { gatherScreen, inspectScreen } from './gather.ts'
import { entriesScreen, inviteScreen, promoScreen, redeemedScreen } from './gifts.ts'
import {
  improvingScreen,
  lookingScreen,
  neededScreen,
  offeringScreen,
  otherwiseScreen,
} from './offering.ts'
import { extrasScreen, previewScreen } from './order.ts'
import { orphansScreen } from './orphans.ts'
import { agreeScreen, caseScreen, casesScreen, explainScreen } from './payment-review.ts'
import { personAgreeScreen, personAskScreen, personExplainScreen, personScreen } from './person.ts'
import { eraseScreen, privacyScreen } from './privacy.ts'
import { resultScreen, resultsScreen } from './results.ts'
import { finishedScreen, waitScreen } from './run.ts'
import { lines, type Scene, type Screen, tapsOf, type View } from './screen.ts'
import { sharingScreen } from './sharing.ts'
import { shelfAgreeScreen, shelfCardScreen, shelfExplainScreen, shelfScreen } from './shelf.ts'
import { supportScreen } from './support.ts'
import {
  templateCaseScreen,
  templateDeskScreen,
  templateNamingScreen,
  templatePlacingScreen,
  templateScreen,
  templatesScreen,
} from './templates.ts'
import {
  amountScreen,
  brokenTopupScreen,
  invoiceScreen,
  paysupportScreen,
  reviewingScreen,
  termsScreen,
  transferScreen,
} from './topup.ts'
import { takingScreen, usingScreen } from './using.ts'
import { varyingScreen } from './varying.ts'
import { jobsScreen, watchScreen } from './waiting.ts'

/** The screen of every state; null: nothing to show yet, the last one stays. */
export const SCREENS: Record<string, (scene: Scene) => Screen | null> = {
  menu: menuScreen,
  'offering.looking': lookingScreen,
  'offering.asking': neededScreen,
  'offering.counting': waitScreen,
  'offering.choosing': offeringScreen,
  'offering.improving': improvingScreen,
  'offering.otherwise': otherwiseScreen,
  'browsing.groups': groupsScreen,
  'browsing.list': listScreen,
  'browsing.searching': searchScreen,
  'browsing.nothing': nothingScreen,
  'browsing.card': cardScreen,
  'templates.list': templatesScreen,
  'templates.reading': waitScreen,
  'templates.showing': waitScreen,
  'templates.card': templateScreen,
  'drafting.asking.choosing': askScreen,
  'drafting.asking.writing': askScreen,
  'drafting.asking.attaching': askScreen,
  'drafting.asking.gathering': gatherScreen,
  'drafting.asking.inspecting': inspectScreen,
  'drafting.changing': changeScreen,
  'drafting.quoting': waitScreen,
  'drafting.preview': previewScreen,
  'drafting.extras': extrasScreen,
  starting: waitScreen,
  watching: watchScreen,
  finished: finishedScreen,
  'results.list': resultsScreen,
  'results.card': resultScreen,
  'results.using': usingScreen,
  'results.varying': varyingScreen,
  'results.sharing': sharingScreen,
  'results.taking': takingScreen,
  recalling: waitScreen,
  jobs: jobsScreen,
  balance: balanceScreen,
  'topup.choosing': amountScreen,
  'topup.opening': waitScreen,
  'topup.waiting': invoiceScreen,
  'topup.receiving': transferScreen,
  'topup.reviewing': reviewingScreen,
  'topup.broken': brokenTopupScreen,
  terms: termsScreen,
  paysupport: paysupportScreen,
  'support.reading': waitScreen,
  'support.writing': supportScreen,
  'privacy.reading': privacyScreen,
  'privacy.looking': waitScreen,
  'privacy.asking': eraseScreen,
  'privacy.erasing': waitScreen,
  help: helpScreen,
  news: newsScreen,
  language: languageScreen,
  entries: entriesScreen,
  invite: inviteScreen,
  'promo.asking': promoScreen,
  'promo.checking': waitScreen,
  'promo.redeemed': redeemedScreen,
  'admin.overview': overviewScreen,
  'admin.promo': adminPromoScreen,
  'admin.failures': failuresScreen,
  'admin.orphans': orphansScreen,
  'admin.adjust': adminAdjustScreen,
  'admin.confirming': adjustConfirmScreen,
  'admin.working': waitScreen,
  'admin.done': adminDoneScreen,
  'admin.templates.list': templateDeskScreen,
  'admin.templates.card': templateCaseScreen,
  'admin.templates.deciding': waitScreen,
  'admin.templates.reading': waitScreen,
  'admin.templates.naming': templateNamingScreen,
  'admin.templates.placing': templatePlacingScreen,
  'admin.templates.saving': waitScreen,
  'admin.person.asking': personAskScreen,
  'admin.person.card': personScreen,
  'admin.person.explaining': personExplainScreen,
  'admin.person.agreeing': personAgreeScreen,
  'admin.person.deciding': waitScreen,
  'admin.broadcast.list': broadcastsScreen,
  'admin.broadcast.composing': composeScreen,
  'admin.broadcast.card': broadcastScreen,
  'admin.broadcast.buttons': broadcastButtonsScreen,
  'admin.broadcast.audience': audienceScreen,
  'admin.broadcast.agreeing': broadcastAgreeScreen,
  'admin.shelf.asking': shelfScreen,
  'admin.shelf.card': shelfCardScreen,
  'admin.shelf.explaining': shelfExplainScreen,
  'admin.shelf.agreeing': shelfAgreeScreen,
  'admin.shelf.deciding': waitScreen,
  'admin.desk.cases': casesScreen,
  'admin.desk.case': caseScreen,
  'admin.desk.explaining': explainScreen,
  'admin.desk.agreeing': agreeScreen,
  'admin.desk.deciding': waitScreen,
}

/** Whether an order can be begun depends on prices and offers, which only the screen knows. */
const hasBegin = ({ keyboard }: Screen): boolean =>
  tapsOf(keyboard).some(({ event }) => event.type === 'draft.begun')

interface Drawn {
  rates: Rates
  screens: WeakMap<AnyMachineSnapshot, Screen | null>
}

const drawn = new WeakMap<View, Drawn>()

/**
 * What the user sees in this snapshot: the state's screen, under a hint if there is one. Pure; as
 * snapshots never change, each is drawn once at the same rates however often it is asked for.
 */
export function drawScreen(snapshot: AnyMachineSnapshot, view: View): Screen | null {
  const kept = drawn.get(view)
  const screens = kept?.rates === view.rates ? kept.screens : new WeakMap()
  if (screens !== kept?.screens) drawn.set(view, { rates: view.rates, screens })
  const known = screens.get(snapshot)
  if (known !== undefined) return known
  const screen = draw(snapshot, view)
  screens.set(snapshot, screen)
  return screen
}

function draw(snapshot: AnyMachineSnapshot, view: View): Screen | null {
  const context = snapshot.context as ConversationContext
  const state = SCREENS[stateName(snapshot.value)]
  if (state === undefined) throw new Error(`no screen for ${stateName(snapshot.value)}`)
  const { hint: given, language } = context
  const t = translator(language)
  const screen = state({ context, language, t, view })
  if (screen === null || given === null) return screen
  const hint =
    'problem' in given
      ? escapeHtml(problemText(given.problem, language))
      : t(given.code === 'begin' && !hasBegin(screen) ? 'hint.notOnOffer' : `hint.${given.code}`)
  return { ...screen, text: lines(hint, '', screen.text) }
}
