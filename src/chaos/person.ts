import { setTimeout as sleep } from 'node:timers/promises'
import { modelBySlug } from '../machines/catalogue/catalogue.ts'
import { messageTapIn } from '../machines/conversation/results/message-taps.ts'
import { translator } from '../machines/texts/translate.ts'
import type { ControlledUser } from '../sandbox/telegram/control-types.ts'
import type { SeenMessage } from '../sandbox/telegram/seen-message.ts'
import type { FakeTelegram } from '../sandbox/telegram/server.ts'
import type { Draws } from './draws.ts'

const say = translator('ru')

/** Begins what people order, so that their words can be found where they don't belong. */
export const MARKER = 'кот номер'

/** What people order: models that take different ways, with the free one among them. */
const ORDERS = ['z-image', 'google-imagen4-fast', 'recraft-remove-background'].filter(
  (slug) => modelBySlug(slug) !== undefined,
)

/** Somebody who uses the bot as people do: reads the newest screen, presses, writes, pays. */
export interface Person {
  readonly id: number
  readonly user: ControlledUser
  /** Messages that were sent: words, commands, photos. */
  readonly sent: () => number
  /** How often a button was pressed that starts an order. */
  readonly confirmed: () => number
  /** What was pressed and written, in order. */
  readonly deeds: readonly Deed[]
  /** Does one thing after another until the signal. */
  live(signal: AbortSignal): Promise<void>
  /** Asks for the menu; the answer tells whether anything has come back. */
  askForMenu(): () => boolean
}

export interface Deed {
  /** Unix ms. */
  readonly at: number
  readonly what: string
  /** Orders that it may start. */
  readonly starts: number
}

export interface PersonOptions {
  telegram: FakeTelegram
  id: number
  draws: Draws
  /** Pictures that may be sent. */
  pictures: readonly Buffer[]
  /** Pauses between two things that somebody does, ms. */
  pauses: readonly [low: number, high: number]
  /** Only plays with the bot's buttons and words, as an operator does in /admin. */
  admin?: boolean
}

/** In any language: people change theirs. */
const SPEAKERS = (['ru', 'en'] as const).map(translator)
const inAny = (key: Parameters<typeof say>[0]): string[] => SPEAKERS.map((speak) => speak(key))
/** Buttons that start an order, each at most one. */
const CONFIRMS = new Set(
  (['preview.run', 'done.again', 'failed.again'] as const).flatMap((key) => inAny(key)),
)
/** Text as it is shown, without markup. */
const plain = (html: string) => html.replace(/<[^>]+>/g, '')
/** On screens with these words every button but the way out starts an order. */
const ONE_TAP = ['Одно нажатие — и заказ запущен', 'One tap starts the order']
const VARIANTS = inAny('vary.title').map(plain)
/** The label of the button that pays for exactly one order, up to its price. */
const PAYS = SPEAKERS.map((speak) => speak('preview.pay', { stars: 0 }).split('0')[0] ?? '')
const LEAVES = new Set(
  (['nav.menu', 'nav.back', 'nav.cancel'] as const).flatMap((key) => inAny(key)),
)
const LOOK_MS = 200
/** How long people wait for an answer before they do something else: most, and those in a hurry. */
const PATIENCE_MS = 30_000
const HURRY_MS = 6_000
const IN_A_HURRY = 0.25
const TURNS = 14
/** Of the newest messages; the screen is always among them. */
const IN_VIEW = 8

/** A person whose choices come from `draws`. Every order has words of its own. */
export function createPerson(options: PersonOptions): Person {
  const { telegram, id, draws, pictures, pauses, admin = false } = options
  const user = telegram.control.user(id, { languageCode: 'ru', stars: 1_000_000 })
  let sent = 0
  let confirmed = 0
  let orders = 0
  const deeds: Deed[] = []
  const note = (what: string, starts = 0) => deeds.push({ at: Date.now(), what, starts })

  const inView = () => user.chat({ last: IN_VIEW }).filter(({ from }) => from === 'bot')
  const screen = () => inView().findLast(({ keyboard }) => keyboard.some((row) => row.length > 0))
  const labels = (message: SeenMessage | undefined) =>
    (message?.keyboard ?? []).flat().flatMap(({ text, data }) => (data === undefined ? [] : [text]))
  const wordsOf = ({ text, caption }: SeenMessage) => text ?? caption ?? ''
  const sign = () =>
    inView()
      .map((m) => `${m.id}.${m.edits}`)
      .join()

  /** What people do can be refused by their app, e.g. when a button has just gone. */
  function attempt(action: () => void): void {
    try {
      action()
    } catch {
      // They try something else.
    }
  }

  function write(words: string): void {
    attempt(() => {
      user.sendText(words)
      note(words)
      sent += 1
    })
  }

  function command(name: string, argument?: string): void {
    attempt(() => {
      user.sendCommand(name, argument)
      note(`/${name} ${argument ?? ''}`)
      sent += 1
    })
  }

  async function photo(): Promise<void> {
    const caption = draws.chance(0.2) ? { caption: words() } : {}
    await user.sendPhoto(draws.pick(pictures), caption).then(
      () => {
        sent += 1
        note('photo')
      },
      () => {},
    )
  }

  /** How many orders a button may start. */
  function startedBy(message: SeenMessage, label: string): number {
    const { data = '' } = message.keyboard.flat().find(({ text }) => text === label) ?? {}
    if (CONFIRMS.has(label) || messageTapIn(data)?.type === 'result.again') return 1
    if (PAYS.some((pays) => label.startsWith(pays))) return 1
    const text = wordsOf(message)
    if (VARIANTS.some((title) => text.includes(title))) return Number.parseInt(label, 10) || 0
    return ONE_TAP.some((words) => text.includes(words)) && !LEAVES.has(label) ? 1 : 0
  }

  function press(label: string): void {
    const message = inView().findLast(({ keyboard }) =>
      keyboard.flat().some(({ text }) => text === label),
    )
    if (message === undefined) return
    const starts = startedBy(message, label)
    attempt(() => {
      user.tap(message.id, label)
      confirmed += starts
      note(label, starts)
      // A finger that hits twice.
      if (!draws.chance(0.08)) return
      user.tap(message.id, label)
      confirmed += starts
      note(label, starts)
    })
  }

  const words = () => {
    orders += 1
    return `${MARKER} ${id}-${orders}, ${draws.pick(['акварель', 'масло', 'ночь', 'снег'])}`
  }

  /** Waits until something new stands in the chat, or patience is over. */
  async function news(before: string, signal: AbortSignal): Promise<void> {
    const patience = draws.chance(IN_A_HURRY) ? HURRY_MS : PATIENCE_MS
    for (const until = Date.now() + patience; Date.now() < until && !signal.aborted; ) {
      if (sign() !== before) return
      await sleep(LOOK_MS)
    }
  }

  async function order(signal: AbortSignal): Promise<void> {
    const gaveUpAt = draws.chance(0.15) ? draws.int(1, 5) : TURNS
    let before = sign()
    command('start', `m_${draws.pick(ORDERS)}`)
    for (let turn = 0; turn < TURNS && !signal.aborted; turn += 1) {
      await news(before, signal)
      before = sign()
      if (turn >= gaveUpAt) return command(draws.pick(['cancel', 'menu']))
      const now = screen()
      const buttons = labels(now)
      const text = now === undefined ? '' : wordsOf(now)
      if (buttons.includes(say('preview.run'))) {
        press(say('preview.run'))
        // Most wait for it, some go on at once.
        if (draws.chance(0.7)) await result(signal)
        return
      }
      if (buttons.includes(say('card.begin'))) press(say('card.begin'))
      else if (text.includes(say('ask.photo'))) await photo()
      else if (text.includes(say('ask.words'))) write(words())
      else if (buttons.includes(say('ask.continue'))) press(say('ask.continue'))
      else {
        const ways = buttons.filter((label) => !LEAVES.has(label))
        if (ways.length === 0) return command('menu')
        press(draws.pick(ways))
      }
    }
  }

  async function result(signal: AbortSignal): Promise<void> {
    const known = new Set(inView().map((message) => message.id))
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until && !signal.aborted; ) {
      if (inView().some(({ id: of, media }) => media !== undefined && !known.has(of))) break
      await sleep(LOOK_MS * 2)
    }
    if (draws.chance(0.4)) await wander(signal, 1)
  }

  /** Presses whatever is there. */
  async function wander(signal: AbortSignal, steps: number): Promise<void> {
    for (let step = 0; step < steps && !signal.aborted; step += 1) {
      const before = sign()
      const shown = draws.chance(0.8) ? screen() : draws.pick([...inView(), undefined])
      const buttons = labels(shown)
      if (buttons.length === 0) command(draws.pick(['menu', 'history', 'balance', 'help']))
      else press(draws.pick(buttons))
      await news(before, signal)
    }
  }

  async function topUp(signal: AbortSignal): Promise<void> {
    let before = sign()
    command('balance')
    await news(before, signal)
    before = sign()
    press(say('topup.byStars'))
    await news(before, signal)
    before = sign()
    const amounts = labels(screen()).filter((label) => label.includes('⭐'))
    if (amounts.length === 0) return
    press(draws.pick(amounts))
    await news(before, signal)
    const invoice = inView().findLast((message) => message.invoice !== undefined)
    if (invoice !== undefined) await user.pay(invoice.id).catch(() => undefined)
  }

  async function askForRefund(signal: AbortSignal): Promise<void> {
    const before = sign()
    command('paysupport')
    await news(before, signal)
    const [payment] = labels(screen()).filter((label) => label.startsWith('↩️'))
    if (payment !== undefined) press(payment)
    await wander(signal, 1)
  }

  async function administer(signal: AbortSignal): Promise<void> {
    const before = sign()
    command('admin')
    await news(before, signal)
    for (let step = 0; step < 5 && !signal.aborted; step += 1) {
      if (draws.chance(0.2)) write(draws.pick(['100', '5000', 'ЛЕТО26', 'спасибо', '3']))
      else await wander(signal, 1)
    }
  }

  const habits: readonly [weight: number, deed: (signal: AbortSignal) => Promise<void>][] = admin
    ? [[1, administer]]
    : [
        [50, order],
        [12, (signal) => wander(signal, draws.int(1, 5))],
        [8, topUp],
        [4, askForRefund],
        [4, async () => write(words())],
        [3, photo],
        [5, async () => command(draws.pick(['menu', 'history', 'balance', 'status', 'cancel']))],
      ]
  const total = habits.reduce((sum, [weight]) => sum + weight, 0)

  function draw(): (signal: AbortSignal) => Promise<void> {
    let left = draws.next() * total
    for (const [weight, deed] of habits) {
      left -= weight
      if (left < 0) return deed
    }
    return order
  }

  return {
    id,
    user,
    sent: () => sent,
    confirmed: () => confirmed,
    deeds,
    async live(signal) {
      await pause(draws.next() * 3_000, signal)
      while (!signal.aborted) {
        await draw()(signal)
        await pause(draws.int(...pauses), signal)
      }
    },
    askForMenu() {
      const { id: asked } = user.sendCommand('menu')
      sent += 1
      return () => inView().some((message) => message.id > asked)
    },
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  sleep(ms, undefined, { signal }).catch(() => undefined)
