import { beginConversation } from './context.ts'
import { EVENTS } from './event-meta.ts'
import { hint } from './hint.ts'
import { notify } from './notices.ts'
import { conversationSetup } from './setup.ts'
import { balance, help, jobs, language, news } from './states/account.ts'
import { admin } from './states/admin.ts'
import { broadcastNews } from './states/broadcast.ts'
import { browsing, menu } from './states/browsing.ts'
import { drafting } from './states/drafting.ts'
import { entries, invite, promo } from './states/gifts.ts'
import { offering } from './states/offering.ts'
import { paymentReviewNews } from './states/payment-review.ts'
import { privacy, privacyWays } from './states/privacy.ts'
import { messageTaps, recalling } from './states/recalling.ts'
import { results } from './states/results.ts'
import { finished, starting, watching } from './states/running.ts'
import { support, supportWays } from './states/support.ts'
import { templates } from './states/templates.ts'
import { paysupport, terms, topup, topupNews } from './states/topup.ts'

const home = {
  description: 'The menu; running jobs go on.',
  target: '.menu',
  actions: 'goHome',
  reenter: true,
} as const

/** The dialogue with one user: from /start to the order, and back to the menu with the result. */
export const conversationMachine = conversationSetup.createMachine({
  id: 'conversation',
  description:
    'The dialogue with one user. Commands work in every state; every message and tap is answered.',
  meta: { events: EVENTS },
  context: ({ input }) => beginConversation(input),
  // Not on entry: every way home enters the root anew, and nobody arrives twice.
  initial: { target: 'menu', actions: 'welcome.request' },
  on: {
    'command.start': [
      {
        description: 'A link to a model opens its card.',
        guard: 'hasModelLink',
        target: '.browsing.card',
        actions: ['goHome', 'openLinkedModel'],
        reenter: true,
      },
      {
        description: 'A link to a model that does not exist.',
        guard: 'hasBrokenLink',
        target: '.menu',
        actions: ['goHome', hint('unknownLink')],
        reenter: true,
      },
      {
        description: 'A link to a template, or to a result that somebody shared.',
        guard: 'hasTemplateLink',
        target: '.templates.reading',
        actions: ['goHome', 'askLinkedTemplate'],
        reenter: true,
      },
      {
        description: 'An invitation link, opened by an existing user.',
        guard: 'hasLateInvite',
        target: '.menu',
        actions: ['goHome', hint('inviteKnown')],
        reenter: true,
      },
      {
        description: 'From the beginning; running jobs go on.',
        target: '.menu',
        actions: 'goHome',
        reenter: true,
      },
    ],
    'command.menu': home,
    'command.models': {
      description: 'All models by groups.',
      target: '.browsing.groups',
      actions: 'goHome',
      reenter: true,
    },
    'command.history': {
      description: 'The orders so far.',
      target: '.results.list',
      actions: 'openHistory',
      reenter: true,
    },
    'command.favourites': {
      description: 'The favourites.',
      target: '.results.list',
      actions: 'openFavourites',
      reenter: true,
    },
    'command.search': [
      {
        description: 'Models that the words behind the command fit.',
        guard: 'hasHits',
        target: '.browsing.list',
        actions: ['goHome', 'search'],
        reenter: true,
      },
      {
        description: 'No model fits the words.',
        guard: 'hasSearchWords',
        target: '.browsing.nothing',
        actions: ['goHome', 'search'],
        reenter: true,
      },
      {
        description: 'Which words?',
        target: '.browsing.searching',
        actions: 'goHome',
        reenter: true,
      },
    ],
    'command.cancel': [
      {
        description: 'The order is dropped.',
        guard: 'hasOrder',
        target: '.menu',
        actions: ['goHome', hint('cancelled')],
        reenter: true,
      },
      {
        description: 'Which of those at work?',
        guard: 'hasSeveralJobs',
        target: '.jobs',
        actions: hint('whichJob'),
        reenter: true,
      },
      {
        description: 'The one at work is cancelled if the provider has not been asked.',
        guard: 'hasRunningJob',
        target: '.jobs',
        actions: ['job.cancel', hint('cancelling')],
        reenter: true,
      },
      {
        description: 'There is nothing to cancel.',
        target: '.menu',
        actions: ['goHome', hint('nothingToCancel')],
        reenter: true,
      },
    ],
    'command.help': { description: 'How it works.', target: '.help', reenter: true },
    'command.news': { description: 'What is new.', target: '.news', reenter: true },
    'news.opened': { description: 'What is new.', target: '.news', reenter: true },
    'command.balance': { description: 'The balance.', target: '.balance', reenter: true },
    ...topupNews,
    ...paymentReviewNews,
    ...broadcastNews,
    ...privacyWays,
    ...supportWays,
    'command.jobs': { description: 'Running jobs.', target: '.jobs', reenter: true },
    'command.invite': { description: 'Bring a friend.', target: '.invite', reenter: true },
    'command.promo': [
      {
        description: 'Too many codes were tried: the next one in an hour.',
        guard: 'hasTriedEnough',
        target: '.promo',
        actions: hint('promoEnough'),
        reenter: true,
      },
      {
        description: 'A promo code, at once.',
        guard: 'hasCode',
        target: '.promo.checking',
        actions: 'keepCode',
        reenter: true,
      },
      { description: 'A promo code, please.', target: '.promo', reenter: true },
    ],
    'command.admin': { description: 'For admins.', target: '.admin', reenter: true },
    'change.decided': {
      description: 'The button of an alert: what an admin decided about a change at the provider.',
      actions: 'admin.change_decide',
    },
    'command.language': { description: 'Russian or English.', target: '.language', reenter: true },
    'command.unknown': {
      description: 'A command that the bot does not have.',
      actions: hint('unknownCommand'),
    },
    ...messageTaps,
    'template.begun': {
      description: 'An admin makes a template of a result of theirs.',
      target: '.admin.templates.reading',
      actions: 'beginTemplate',
      reenter: true,
    },
    'menu.pressed': {
      description: 'The menu; the unfinished order is dropped.',
      target: '.menu',
      actions: 'goHome',
      reenter: true,
    },
    'tap.late': { description: 'A double tap: only the first one counts.' },
    'tap.stale': { description: 'A button of an older screen.', actions: hint('stale') },
    'text.received': {
      description: 'Words that nothing asked for: an order to be.',
      target: '.offering',
      actions: 'beginWish',
    },
    'media.received': {
      description: 'A file that nothing asked for: an order to be.',
      target: '.offering',
      actions: 'beginWish',
    },
    'message.edited': { description: 'Words of before have changed: nothing hangs on them now.' },
    'unsupported.received': {
      description: 'A kind of message that the bot does not handle.',
      actions: hint('unsupported'),
    },
    'engine.hiccup': {
      description: 'What the user sent could not be processed; it is kept for the operator.',
      actions: hint('hiccup'),
    },
    'job.started': [
      { description: 'The start is reported after the end.', guard: 'hasEnded' },
      { description: 'Started while the user moved on.', actions: 'trackJob' },
    ],
    'job.refused': {
      description: 'Refused while the screen shows something else: the user is notified.',
      actions: notify('jobRefused'),
    },
    'job.progressed': { description: 'A job goes on.', actions: 'noteProgress' },
    'wait.read': { description: 'How long the jobs at work may take.', actions: 'keepWaits' },
    'cancel.refused': {
      description: 'It was to be cancelled, and goes on: the user is notified.',
      actions: notify('cancelRefused'),
    },
    'job.delivered': { description: 'The result is in the chat.', actions: 'untrackJob' },
    'job.failed': {
      description:
        'Failed while the screen shows something else: the user is notified, the money is back.',
      actions: ['untrackJob', notify('jobFailed')],
    },
    'welcome.given': {
      description: 'What a newcomer starts with.',
      actions: [notify('welcome'), 'free.request'],
    },
    'invite.accepted': {
      description: 'A friend came by their link.',
      actions: [notify('friendJoined'), 'free.request'],
    },
    'reminder.wanted': {
      description: 'The user wants to hear when something is free again.',
      actions: ['reminder.set', hint('reminderSet')],
    },
    'reminder.due': {
      description: 'Something is free again, as the user wanted to hear.',
      actions: [notify('freeAgain'), 'free.request'],
    },
    'free.read': { description: 'How many generations are free.', actions: 'keepFree' },
    'result.sent': {
      description: 'The result is sent again: the screen is shown again below it.',
      actions: 'dropSending',
    },
    'balance.adjusted': {
      description: 'An admin corrected the balance: the user is notified, with the reason.',
      actions: notify('balanceAdjusted'),
    },
    'job.refunded': {
      description: 'An operator refunded a result: the user is notified.',
      actions: notify('jobRefunded'),
    },
    'user.blocked': { description: 'The user stopped the bot.', actions: 'markBlocked' },
    'user.unblocked': { description: 'The user is back.', actions: 'markReachable' },
  },
  states: {
    menu,
    offering,
    templates,
    browsing,
    drafting,
    starting,
    watching,
    finished,
    results,
    recalling,
    jobs,
    balance,
    topup,
    terms,
    paysupport,
    privacy,
    support,
    help,
    news,
    language,
    entries,
    invite,
    promo,
    admin,
  },
})
