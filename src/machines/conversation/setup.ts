import { assign, setup } from 'xstate'
import { isGathered } from '../catalogue/answer-lists.ts'
import { hasPrice, modelById, modelBySlug, needsEarlierResult } from '../catalogue/catalogue.ts'
import { findModels } from '../catalogue/search.ts'
import { effectActions } from '../engine/definition.ts'
import * as account from './changes/account.ts'
import * as broadcast from './changes/broadcast.ts'
import * as change from './changes/order.ts'
import * as orphans from './changes/orphans.ts'
import * as review from './changes/payment-review.ts'
import * as person from './changes/person.ts'
import * as privacy from './changes/privacy.ts'
import * as result from './changes/results.ts'
import * as shelf from './changes/shelf.ts'
import * as support from './changes/support.ts'
import * as template from './changes/templates.ts'
import * as topup from './changes/topup.ts'
import * as waiting from './changes/waiting.ts'
import * as wish from './changes/wish.ts'
import {
  type ConversationContext,
  type ConversationInput,
  elapsedMs,
  type HintCode,
  hasOrder,
  NOWHERE,
} from './context.ts'
import { conversationEffects } from './effects/effects.ts'
import type { ConversationMeta } from './event-meta.ts'
import type { StampedConversationEvent } from './events.ts'
import { currentQuestion, previousField } from './order/draft.ts'
import { messageOutcome, wordingOf } from './order/text-answers.ts'
import { inviterOf, modelIn } from './start-links.ts'
import { WHATS_NEW } from './whats-new.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The model that a link `/start m_<slug>` names. */
const linkedModel = (event: StampedConversationEvent) =>
  event.type === 'command.start' ? modelBySlug(modelIn(event.payload) ?? '') : undefined

/** The rest of an album of which a file was taken. */
const isSibling = ({ draft }: ConversationContext, event: StampedConversationEvent): boolean =>
  event.type === 'media.received' &&
  event.groupId !== undefined &&
  event.groupId === draft?.album?.id

/** Guards, changes of the context and effects of the conversation, by the names in its states. */
export const conversationSetup = setup({
  types: {} as {
    context: ConversationContext
    input: ConversationInput
    events: StampedConversationEvent
    meta: ConversationMeta
    /** `ordering`: an order is being filled in. */
    tags: 'ordering'
  },
  guards: {
    hasModelLink: ({ event }) => linkedModel(event) !== undefined,
    // At the very first message nothing was left yet: then the link counts.
    hasLateInvite: ({ context, event }) =>
      event.type === 'command.start' && inviterOf(event.payload) !== null && context.leftAt > 0,
    hasBrokenLink: ({ event }) => event.type === 'command.start' && event.payload.startsWith('m_'),
    hasList: ({ context: { place } }) => place.category !== null || place.search !== null,
    isSearch: ({ context }) => context.place.search !== null,
    findsMore: ({ context, event }) =>
      context.place.search !== null && findModels(change.wordsOf(event)).length > 0,
    hasSearchWords: ({ event }) => change.wordsOf(event).trim() !== '',
    hasHits: ({ event }) => findModels(change.wordsOf(event)).length > 0,
    hasOrder: ({ context }) => hasOrder(context),
    isTooSoon: waiting.isTooSoon,
    hasSeveralJobs: waiting.hasSeveralJobs,
    hasRunningJob: ({ context }) => context.tracked.length > 0,
    isOrderable: ({ context }) => {
      const model = modelById(context.place.modelId ?? '')
      return model !== undefined && !needsEarlierResult(model) && hasPrice(model)
    },
    asksChoice: ({ context }) =>
      ['choice', 'toggle'].includes(currentQuestion(context)?.kind ?? ''),
    asksMedia: ({ context }) => currentQuestion(context)?.kind === 'media',
    gathersItems: ({ context }) => {
      const question = currentQuestion(context)
      return question !== undefined && isGathered(question)
    },
    asksWords: ({ context }) => currentQuestion(context) !== undefined,
    isTaken: ({ context, event }) => messageOutcome(context, event)?.taken === true,
    hasWording: ({ context }) => wordingOf(context.draft) !== undefined,
    isSibling: ({ context, event }) => isSibling(context, event),
    isLateSibling: ({ context, event }) => {
      const intake = isSibling(context, event) ? messageOutcome(context, event) : undefined
      return intake?.taken === true && intake.draft.inspections.length === 0
    },
    hasInspection: ({ context: { draft } }) => draft !== null && draft.inspections.length > 0,
    isThisInspection: ({ context: { draft }, event }) =>
      'serial' in event && event.serial === draft?.inspections[0]?.serial,
    isFromPreview: ({ context }) => context.draft?.origin === 'preview',
    isFromChange: ({ context }) => context.draft?.origin === 'change',
    isThisPage: ({ context: { results }, event }) =>
      event.type === 'history.read' &&
      event.list === results?.list &&
      event.page === results.page &&
      (event.filter ?? 'all') === (results.filter ?? 'all'),
    isThisResult: (args) => result.isThis(args) && result.hasCard(args),
    isNoResult: (args) => result.isThis(args) && !result.hasCard(args),
    isFromList: ({ context }) => context.results?.from === 'list',
    isNoRecall: result.isNoRecall,
    isAgainAtPrice: result.isAgainAtPrice,
    wantsOtherWords: result.wantsOtherWords,
    wantsVariants: result.wantsVariants,
    wantsUse: result.wantsUse,
    wantsShare: result.wantsShare,
    isThisShare: result.isThisShare,
    isNoShare: result.isNoShare,
    isFollowUp: result.isFollowUp,
    hasPicked: ({ context }) => result.hasPicked(context),
    continuesTask: (args) => result.continuation(args) !== undefined,
    isThisProbe: result.isThisProbe,
    fileFits: (args) => result.isThisProbe(args) && result.fileFits(args),
    isFromExtras: ({ context }) => context.draft?.origin === 'extras',
    hasPrevious: ({ context: { draft } }) => draft !== null && previousField(draft) !== undefined,
    isExpectedQuote: ({ context, event }) =>
      !('serial' in event) || event.serial === undefined || event.serial === context.serial,
    isThisQuote: ({ context, event }) =>
      event.type === 'run.confirmed' && event.serial === context.serial && context.quote !== null,
    isThisOrder: ({ context, event }) =>
      event.type === 'order.paid' && event.serial === context.serial && context.quote !== null,
    hasCode: ({ event }) => account.givenCode(event) !== undefined,
    hasTriedEnough: account.hasTriedEnough,
    isPromo: ({ event }) => account.promoIn(event) !== undefined,
    isAdjust: ({ event }) => account.adjustIn(event) !== undefined,
    isTheseCases: review.isTheseCases,
    isThisCase: review.isThisCase,
    needsReason: review.needsReason,
    isReason: review.isReason,
    isThisPerson: person.isThisPerson,
    isCorrection: change.isCorrection,
    isPersonOrder: person.isPersonOrder,
    isThisBroadcast: broadcast.isThisBroadcast,
    isNewBroadcast: broadcast.isNewBroadcast,
    isBroadcastOver: broadcast.isBroadcastOver,
    hasBroadcastContent: broadcast.hasBroadcastContent,
    hasBroadcastButtons: broadcast.hasBroadcastButtons,
    isThisModel: shelf.isThisModel,
    isShelfOrder: shelf.isShelfOrder,
    canErase: privacy.canErase,
    isAwaitedJob: ({ context, event }) => 'jobId' in event && event.jobId === context.jobId,
    namesAmount: topup.namesAmount,
    isReceipt: topup.isReceipt,
    isThisTopup: topup.isThisTopup,
    isThisTransfer: (args) => topup.isThisTopup(args) && topup.isManual(args),
    isThisTopupWithOrder: (args) => topup.isThisTopup(args) && hasOrder(args.context),
    hasUnseen: wish.hasUnseen,
    isEmptyWish: wish.isEmptyWish,
    lacksSomething: wish.lacksSomething,
    isThisLook: wish.isThisLook,
    hasOtherUses: wish.hasOtherUses,
    isCorrectedWish: wish.isCorrectedWish,
    hasTemplateLink: template.hasTemplateLink,
    isTheseTemplates: template.isTheseTemplates,
    isThisTemplate: template.isThisTemplate,
    isThisTemplateWithExample: (args) => template.isThisTemplate(args) && template.hasExample(args),
    isNoTemplate: template.isNoTemplate,
    isFromTemplate: template.isFromTemplate,
    isExampleOfCard: template.isAsideOf('card'),
    isExampleOfWish: template.isAsideOf('wish'),
    isTemplate: template.isTemplate,
    isSettled: ({ event }) => event.type === 'template.settled' && event.isDone,
    canImprove: wish.canImprove,
    isOverBudget: wish.isOverBudget,
    isReadyPick: wish.isReadyPick,
    lacksMoney: wish.lacksMoney,
    paysOrder: topup.paysOrder,
    hasEnded: ({ context, event }) => 'jobId' in event && context.ended.includes(event.jobId),
  },
  actions: {
    leave: assign(change.leave),
    goHome: assign(change.goHome),
    openCategory: assign(change.openCategory),
    turnPage: assign(change.turnPage),
    search: assign(change.search),
    openModel: assign(change.openModel),
    openLinkedModel: assign(({ event }) => ({
      place: { ...NOWHERE, modelId: linkedModel(event)?.id ?? null },
    })),
    beginDraft: assign(wish.beginDraft),
    beginWish: assign(wish.beginWish),
    beginWishForModel: assign(wish.beginWishForModel),
    beginWishAfter: assign(wish.beginWishAfter),
    growWish: assign(wish.growWish),
    correctWish: assign(wish.correctWish),
    openWish: assign(wish.openWish),
    openSearchedWish: assign(wish.openSearchedWish),
    dropTask: assign(wish.dropTask),
    takeIdea: assign(wish.takeIdea),
    expectLook: assign(wish.expectLook),
    keepWords: assign(wish.keepWords),
    restoreWords: assign(wish.restoreWords),
    settleWish: assign(wish.settleWish),
    takePick: assign(wish.takePick),
    searchWish: assign(wish.searchWish),
    openTemplateList: assign(template.openTemplateList),
    dropTemplates: assign(template.dropTemplates),
    keepTemplates: assign(template.keepTemplates),
    turnTemplates: assign(template.turnTemplates),
    askTemplate: assign(template.askTemplate),
    askExampleOfCard: assign(template.askExample('card')),
    askExampleOfWish: assign(template.askExample('wish')),
    askLinkedTemplate: assign(template.askLinkedTemplate),
    keepTemplate: assign(template.keepTemplate),
    useTemplate: assign(template.useTemplate),
    beginTemplate: assign(template.beginTemplate),
    keepTemplateWords: assign(template.keepTemplateWords),
    askFromPreview: assign((args) => change.askField(args, 'preview')),
    askFromChange: assign((args) => change.askField(args, 'change')),
    askFromExtras: assign((args) => change.askField(args, 'extras')),
    askPrevious: assign(change.askPrevious),
    stopAsking: assign(change.stopAsking),
    keepChoice: assign(change.keepChoice),
    keepIdea: assign(change.keepIdea),
    takeMessage: assign(change.takeMessage),
    takeWording: assign(change.takeWording),
    takeCorrection: assign(change.takeCorrection),
    settleFile: assign(change.settleFile),
    dropInspections: assign(change.dropInspections),
    finishAnswer: assign(change.finishAnswer),
    removeLast: assign(change.removeLast),
    emptyAnswer: assign(change.emptyAnswer),
    clearField: assign(change.clearField),
    expectQuote: assign(change.expectQuote),
    keepQuote: assign(change.keepQuote),
    keepRefusal: assign(change.keepRefusal),
    nameJob: assign(change.nameJob),
    trackJob: assign(change.trackJob),
    noteProgress: assign(change.noteProgress),
    noteTime: assign(change.noteTime),
    keepWaits: assign(waiting.keepWaits),
    untrackJob: assign(change.untrackJob),
    keepEnding: assign(change.keepEnding),
    chooseLanguage: assign(change.chooseLanguage),
    keepBalance: assign(account.keepBalance),
    turnEntries: assign(account.turnEntries),
    keepEntries: assign(account.keepEntries),
    dropInvite: assign(account.dropPart('invite')),
    keepInvite: assign(account.keepInvite),
    keepCode: assign(account.keepCode),
    keepRedeemed: assign(account.keepRedeemed),
    hintRefusal: assign(account.hintRefusal),
    dropOverview: assign(account.dropPart('overview')),
    keepOverview: assign(account.keepOverview),
    keepPromo: assign(account.keepPromo),
    keepAdjust: assign(account.keepAdjust),
    openPaymentReview: assign(review.openPaymentReview),
    findCases: assign(review.findCases),
    turnCases: assign(review.turnCases),
    dropCases: assign(review.dropCases),
    keepCases: assign(review.keepCases),
    openCase: assign(review.openCase),
    dropCase: assign(review.dropCase),
    keepCase: assign(review.keepCase),
    keepIntent: assign(review.keepIntent),
    keepReason: assign(review.keepReason),
    hintOutcome: assign(review.hintOutcome),
    openPerson: assign(person.openPerson),
    findPerson: assign(person.findPerson),
    dropPerson: assign(person.dropPerson),
    keepPerson: assign(person.keepPerson),
    keepPersonIntent: assign(person.keepPersonIntent),
    keepPersonWords: assign(person.keepPersonWords),
    hintPersonOutcome: assign(person.hintPersonOutcome),
    namePerson: assign(person.namePerson),
    dropPromos: assign(account.dropPart('promos')),
    keepPromos: assign(account.keepPromos),
    turnFailures: assign(account.turnFailures),
    keepFailures: assign(account.keepFailures),
    openOrphans: assign(orphans.openOrphans),
    keepOrphans: assign(orphans.keepOrphans),
    dropBroadcasts: assign(broadcast.dropBroadcasts),
    keepBroadcasts: assign(broadcast.keepBroadcasts),
    beginBroadcast: assign(broadcast.beginBroadcast),
    openBroadcast: assign(broadcast.openBroadcast),
    keepBroadcast: assign(broadcast.keepBroadcast),
    dropCounts: assign(broadcast.dropCounts),
    keepCounts: assign(broadcast.keepCounts),
    keepNewsChoice: assign(broadcast.keepNewsChoice),
    noteNewsTold: assign({ newsTold: WHATS_NEW }),
    openShelf: assign(shelf.openShelf),
    keepShelf: assign(shelf.keepShelf),
    searchShelf: assign(shelf.searchShelf),
    chooseModel: assign(shelf.chooseModel),
    dropShelfCard: assign(shelf.dropShelfCard),
    keepShelfCard: assign(shelf.keepShelfCard),
    keepShelfIntent: assign(shelf.keepShelfIntent),
    keepShelfWords: assign(shelf.keepShelfWords),
    hintShelfOutcome: assign(shelf.hintShelfOutcome),
    keepFree: assign(account.keepFree),
    keepQuiet: assign(account.keepQuiet),
    dropQuiet: assign(account.dropPart('isQuiet')),
    dropSupport: assign(account.dropPart('support')),
    keepSupport: assign(support.keepSupport),
    keepAbout: assign(support.keepAbout),
    noteSupportSent: assign(support.noteSupportSent),
    noteSupportSolved: assign(support.noteSupportSolved),
    dropErasure: assign(account.dropPart('erasure')),
    keepErasure: assign(privacy.keepErasure),
    dropBalance: assign(account.dropPart('balance')),
    openHistory: assign(result.openHistory),
    openFavourites: assign(result.openFavourites),
    turnResultPage: assign(result.turnResultPage),
    filterResults: assign(result.filterResults),
    dropLines: assign(result.dropLines),
    keepLines: assign(result.keepLines),
    openResult: assign(result.openResult),
    recall: assign(result.recall),
    beginAgain: assign(result.beginAgain),
    beginVariants: assign(result.beginVariants),
    beginReworded: assign(result.beginReworded),
    beginFollowUp: assign(result.beginFollowUp),
    keepCard: assign(result.keepCard),
    openShare: assign(result.openShare),
    changeShare: assign(result.changeShare),
    keepShare: assign(result.keepShare),
    keepSaved: assign(result.keepSaved(true)),
    keepForgotten: assign(result.keepSaved(false)),
    repeatResult: assign(result.repeatResult),
    reopenDraft: assign(result.reopenDraft),
    pickFile: assign(result.pickFile),
    pickGroup: assign(result.pickGroup),
    turnUsePage: assign(result.turnUsePage),
    unpick: assign(result.unpick),
    noteProbe: assign(result.noteProbe),
    beginContinuation: assign(result.beginContinuation),
    beginWithFile: assign(result.beginWithFile),
    hintResultFile: assign(result.hintFile),
    dropSending: assign(result.dropSending),
    beginTopup: assign(topup.beginTopup),
    payForOrder: assign(topup.payForOrder),
    takePaidOrder: assign(topup.takePaidOrder),
    dropPaidOrder: assign(topup.dropPaidOrder),
    keepAmount: assign(topup.keepAmount),
    keepOpened: assign(topup.keepOpened),
    keepFailure: assign(topup.keepFailure),
    dropPayments: assign(account.dropPart('payments')),
    keepPayments: assign(topup.keepPayments),
    /** A remark above the screen: see `hint`. */
    hint: assign((_, { code }: { code: HintCode }) => ({ hint: { code } })),
    markBlocked: assign({ blocked: true }),
    markReachable: assign({ blocked: false }),
    ...effectActions(conversationEffects),
  },
  delays: {
    inspectionTimeout: 30 * SECOND,
    balanceTimeout: 5 * SECOND,
    exampleTimeout: 10 * SECOND,
    wordsTimeout: 60 * SECOND,
    progressTick: ({ context }) => {
      const elapsed = elapsedMs(context)
      if (elapsed < 5 * SECOND) return 5 * SECOND
      if (elapsed < 2 * MINUTE) return 15 * SECOND
      return elapsed < 10 * MINUTE ? 30 * SECOND : 2 * MINUTE
    },
  },
})
