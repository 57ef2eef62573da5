import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AnyMachineSnapshot } from 'xstate'
import { advance } from '../../../src/machines/engine/transition.ts'
import {
  backendWith,
  type Chat,
  contextOf,
  conversation,
  createChat,
  mute,
  openModel,
  refusing,
  runJob,
} from './chat.ts'

const hintOf = (chat: Chat) => {
  const { hint } = chat.context
  return hint === null ? null : 'code' in hint ? hint.code : hint.problem.code
}

/** The pause before the next tick, as the durable timer is asked for it. */
const pauseIn = (snapshot: AnyMachineSnapshot) => {
  const tick = { type: 'xstate.after.progressTick.conversation.watching' }
  const event = { ...tick, at: contextOf(snapshot).seenAt }
  const { timers } = advance(conversation, snapshot, event)
  return timers.flatMap((t) => ('delayMs' in t ? [t.delayMs] : []))[0]
}

const free = { type: 'quote.ready', priceKopecks: 0, credits: 1, availableKopecks: 0 } as const

describe('starting', () => {
  test('starts one job however often the button is tapped', () => {
    const chat = createChat({ backend: mute })
    openModel(chat, 'z-image')
    chat.text('кот')
    chat.press('1:1')
    const { serial } = chat.context
    chat.happen({ type: 'quote.ready', priceKopecks: 0, credits: 1, availableKopecks: 0, serial })
    const run = chat.button('Запустить').event
    const confirmed = chat.snapshot
    chat.press('Запустить')
    assert.ok(chat.effect('job.start'))
    const { jobId } = chat.context
    assert.ok(jobId)
    assert.ok(
      confirmed.can({ ...run, at: 0, rnd: '' }) && !chat.snapshot.can({ ...run, at: 0, rnd: '' }),
    )
    chat.happen({ type: 'button.tapped', data: 'same', queryId: 'again' }, 300)
    assert.deepEqual(chat.effects, [
      { type: 'telegram.answer', params: { queryId: 'again', text: 'Заказ уже запускается.' } },
    ])
    assert.equal(chat.context.jobId, jobId)
  })

  test('takes a confirmation of the price on the screen only', () => {
    const chat = createChat()
    openModel(chat, 'google-imagen4-fast')
    chat.text('кот')
    const { serial } = chat.context
    chat.happen({ type: 'run.confirmed', serial: serial - 1 })
    assert.deepEqual([chat.state, chat.context.jobId], ['drafting.preview', null])
    chat.happen({ type: 'run.confirmed', serial })
    assert.equal(chat.state, 'watching')
  })

  test('sends a long text whole and quotes it in part', () => {
    const chat = createChat()
    const words = 'Кот <&> 🐈 '.repeat(90)
    runJob(chat, words)
    const start = chat.effect('job.start')?.params as { answers: { prompt: string } }
    assert.equal(start.answers.prompt, words.trim())
  })

  test('cannot be started without the money, and can once it is there', () => {
    let balance = 0
    const chat = createChat({
      backend: (effect) =>
        effect.type === 'quote.request'
          ? [{ type: 'quote.ready', priceKopecks: 314, credits: 2, availableKopecks: balance }]
          : [],
    })
    openModel(chat, 'google-imagen4-fast')
    chat.text('кот')
    assert.match(chat.screen.text, /не хватает 3,14/)
    assert.ok(!chat.labels.some((l) => l.includes('Запустить')))
    balance = 1_000
    chat.press('Проверить ещё раз')
    assert.ok(chat.button('Запустить'))
  })

  test('shows the price of now and the reason when a start is refused', () => {
    for (const reason of ['money', 'busy', 'price-changed', 'paused'] as const) {
      const chat = createChat({ backend: refusing(reason) })
      openModel(chat, 'google-imagen4-fast')
      chat.text('кот')
      chat.press('Запустить')
      assert.deepEqual([chat.state, chat.context.refusal], ['drafting.preview', reason])
      assert.ok(chat.context.quote)
      assert.match(chat.screen.text, /Деньги не списаны|деньги не списаны/)
      assert.equal(chat.context.jobId, null)
    }
  })

  test('shows why there is no price and offers to look again', () => {
    const chat = createChat({ backend: () => [{ type: 'quote.refused', reason: 'unpriced' }] })
    openModel(chat, 'google-imagen4-fast')
    chat.text('кот')
    assert.deepEqual([chat.state, chat.context.refusal], ['drafting.preview', 'unpriced'])
    assert.ok(chat.button('Проверить ещё раз'))
  })

  test('takes no quote of an order before', () => {
    const chat = createChat({ backend: mute })
    openModel(chat, 'google-imagen4-fast')
    chat.text('кот')
    const { serial } = chat.context
    openModel(chat, 'google-imagen4-ultra')
    chat.text('кот')
    const stale = { priceKopecks: 1, credits: 1, availableKopecks: 9 }
    chat.happen({ type: 'quote.ready', ...stale, serial })
    assert.equal(chat.state, 'drafting.quoting')
    chat.happen({ type: 'quote.ready', ...stale, serial: serial + 1 })
    assert.equal(chat.state, 'drafting.preview')
  })

  test('shows something to those who write while it waits', () => {
    const chat = createChat({ backend: mute })
    openModel(chat, 'google-imagen4-fast')
    chat.text('кот')
    assert.equal(chat.state, 'drafting.quoting')
    chat.happen({ type: 'unsupported.received', what: 'poll' })
    assert.match(chat.screen.text, /не понимаю/)
    assert.match(chat.screen.text, /Секунду/)
  })
})

describe('running jobs', () => {
  const about = (jobId: string) => ({ jobId, modelId: 'z-image' })

  test('are followed to their end, and can be repeated', () => {
    const chat = createChat()
    const jobId = runJob(chat)
    chat.happen({ type: 'job.progressed', ...about(jobId), stage: 'generating' })
    assert.match(chat.screen.text, /Уже создаётся/)
    chat.happen({ type: 'job.delivered', ...about(jobId), priceKopecks: 0 })
    assert.equal(chat.state, 'finished')
    assert.deepEqual(chat.context.tracked, [])
    assert.match(chat.screen.text, /Готово: <b>Z-Image.*\nЗаняло \d+ с/)
    chat.tapResult({ type: 'result.again', jobId, priceKopecks: 0 })
    assert.notEqual(chat.context.jobId, jobId)
    assert.equal(chat.state, 'watching')
  })

  test('that fail offer another try', () => {
    const chat = createChat()
    const jobId = runJob(chat)
    chat.happen({ type: 'job.failed', ...about(jobId), error: 'kie.expired', refundKopecks: 629 })
    assert.match(chat.screen.text, /❌ Генерация не завершилась: сервис слишком долго не отвечал/)
    assert.match(chat.screen.text, /Вернули 6,29/)
    chat.press('Попробовать снова')
    assert.equal(chat.state, 'drafting.preview')
  })

  test('that fail while the user is elsewhere are reported, with the model and the money', () => {
    const chat = createChat()
    const jobId = runJob(chat)
    openModel(chat, 'recraft-remove-background')
    chat.happen({ type: 'job.failed', ...about(jobId), error: 'kie.credits', refundKopecks: 0 })
    const notice = chat.effect('telegram.notice')?.params as { chatId: number; text: string }
    assert.equal(notice.chatId, 7)
    assert.match(notice.text, /Z-Image.*\n\nДеньги не списаны/s)
    assert.equal(chat.state, 'drafting.asking.attaching')
    assert.deepEqual(chat.effect('telegram.render')?.params, { chatId: 7, below: true })
  })

  test('go on side by side', () => {
    const chat = createChat()
    const first = runJob(chat)
    const second = runJob(chat)
    assert.equal(chat.context.tracked.length, 2)
    chat.happen({ type: 'job.delivered', ...about(first), priceKopecks: 0 })
    assert.equal(chat.state, 'watching')
    assert.deepEqual(
      chat.context.tracked.map((t) => t.id),
      [second],
    )
    chat.command('menu')
    assert.ok(chat.button('В работе: 1'))
    chat.happen({ type: 'job.delivered', ...about(second), priceKopecks: 0 })
    assert.ok(!chat.labels.some((l) => l.includes('В работе')))
  })

  test('are listed with the time they have taken, up to the last look', () => {
    const chat = createChat()
    const jobId = runJob(chat)
    chat.happen({ type: 'job.progressed', ...about(jobId), stage: 'generating' })
    const { startedAt } = chat.context.tracked[0] ?? assert.fail()
    const seenAfter = () => chat.context.seenAt - startedAt
    chat.command('jobs')
    assert.match(chat.screen.text, new RegExp(`создаётся. Прошло: ${seenAfter() / 1_000} с`))
    const before = seenAfter()
    chat.press('Обновить')
    assert.ok(seenAfter() > before)
  })

  test('tell their time in seconds, minutes and hours', () => {
    const chat = createChat()
    runJob(chat)
    const started = chat.context.seenAt
    const shown = [20_000, 80_000, 3_900_000].map((ms) => {
      chat.happen({ type: 'command.jobs' }, started + ms - chat.context.leftAt)
      return /Прошло: (.*)/.exec(chat.screen.text)?.[1]
    })
    assert.deepEqual(shown, ['20 с', '1 мин 20 с', '1 ч 5 мин'])
  })

  test('may end before the news of their start', () => {
    for (const end of [
      { type: 'job.delivered', priceKopecks: 0 },
      { type: 'job.failed', error: 'kie.failed', refundKopecks: 0 },
    ] as const) {
      const chat = createChat({ backend: (e) => (e.type === 'quote.request' ? [free] : []) })
      const jobId = runJob(chat)
      assert.equal(chat.state, 'starting')
      chat.happen({ ...end, ...about(jobId) })
      assert.equal(chat.state, 'finished')
      chat.happen({ type: 'job.started', ...about(jobId) })
      assert.deepEqual([chat.state, chat.context.tracked], ['finished', []])
    }
  })

  test('may make progress before the news of their start', () => {
    const chat = createChat({ backend: (e) => (e.type === 'quote.request' ? [free] : []) })
    const jobId = runJob(chat)
    chat.happen({ type: 'job.progressed', ...about(jobId), stage: 'generating' })
    assert.equal(chat.state, 'watching')
    chat.happen({ type: 'job.started', ...about(jobId) })
    assert.equal(chat.context.tracked.length, 1)
    assert.match(chat.screen.text, /Уже создаётся/)
  })

  test('that start or are refused after the user left are noted', () => {
    const chat = createChat({ backend: (e) => (e.type === 'quote.request' ? [free] : []) })
    const jobId = runJob(chat)
    chat.command('cancel')
    assert.deepEqual([chat.state, hintOf(chat)], ['menu', 'tooLate'])
    chat.happen({ type: 'job.started', ...about(jobId) })
    assert.ok(chat.button('В работе: 1'))
    chat.happen({ type: 'job.refused', jobId: 'other', reason: 'busy' })
    const notice = chat.effect('telegram.notice')?.params as { text: string }
    assert.match(notice.text, /^Заказ не запущен\.\n⏱/)
  })

  test('are cancelled while the provider has not been asked, else that is said honestly', () => {
    const chat = createChat()
    const jobId = runJob(chat)
    chat.command('cancel')
    assert.deepEqual(chat.effect('job.cancel')?.params, { jobId })
    assert.equal(chat.state, 'watching')
    chat.happen({ type: 'cancel.refused', ...about(jobId) })
    assert.equal(hintOf(chat), 'tooLate')
    chat.command('balance')
    chat.happen({ type: 'cancel.refused', ...about(jobId) })
    assert.match(String(chat.effect('telegram.notice')?.params.text), /остановить его нельзя/)

    const sooner = createChat()
    const first = runJob(sooner)
    sooner.happen({
      type: 'wait.read',
      jobs: [{ jobId: first, usual: null, place: 2, canCancel: true }],
    })
    assert.match(sooner.screen.text, /в очереди, место 2/)
    sooner.press('Отменить заказ')
    assert.deepEqual(sooner.effect('job.cancel')?.params, { jobId: first })
    const end = { error: 'user.cancelled', refundKopecks: 314 }
    sooner.happen({ type: 'job.failed', ...about(first), ...end })
    assert.match(sooner.screen.text, /^✖️ Заказ отменён\..*Вернули 3,14/s)
  })

  test('are cancelled by command: the order in the making, the one at work, or one of several', () => {
    const chat = createChat()
    const first = runJob(chat)
    openModel(chat, 'z-image')
    chat.command('cancel')
    assert.deepEqual([chat.state, hintOf(chat)], ['menu', 'cancelled'])
    chat.command('cancel')
    assert.deepEqual([chat.state, hintOf(chat)], ['jobs', 'cancelling'])
    assert.deepEqual(chat.effect('job.cancel')?.params, { jobId: first })
    const second = runJob(chat)
    chat.command('menu')
    chat.command('cancel')
    assert.deepEqual([chat.state, hintOf(chat)], ['jobs', 'whichJob'])
    assert.equal(chat.effect('job.cancel'), undefined)
    const facts = { usual: null, place: 1, canCancel: true }
    chat.happen({
      type: 'wait.read',
      jobs: [first, second].map((jobId) => ({ jobId, ...facts })),
    })
    chat.press('Отменить заказ 2')
    assert.deepEqual(chat.effect('job.cancel')?.params, { jobId: second })
    const idle = createChat()
    idle.command('cancel')
    assert.equal(hintOf(idle), 'nothingToCancel')
  })

  test('say what is usual for their model, and when it takes longer, but invent nothing', () => {
    const chat = createChat()
    const jobId = runJob(chat)
    assert.doesNotMatch(chat.screen.text, /Обычно/)
    const usual = { medianMs: 41_000, p90Ms: 98_000 }
    chat.happen({ type: 'wait.read', jobs: [{ jobId, usual, place: null, canCancel: false }] })
    assert.match(chat.screen.text, /Обычно около 50 с, редко дольше 1 мин 40 с\./)
    assert.ok(!chat.labels.some((label) => label.includes('Отменить')))
    const tick = { type: 'xstate.after.progressTick.conversation.watching' } as never
    chat.happen(tick, 99_000)
    assert.match(chat.screen.text, /дольше обычного/)
    assert.ok(chat.effect('wait.request'), 'it is asked again')
  })

  test('change their message every five seconds at most', () => {
    const chat = createChat()
    const jobId = runJob(chat)
    const draws = (stage: string, afterMs: number) => {
      chat.happen({ type: 'job.progressed', ...about(jobId), stage }, afterMs)
      return chat.effects.filter(({ type }) => type === 'telegram.render').length
    }
    assert.equal(draws('queuing', 1_000), 0)
    assert.equal(draws('generating', 4_900), 0)
    assert.match(chat.screen.text, /Уже создаётся/, 'the next tick shows it')
    assert.equal(pauseIn(chat.snapshot), 5_000)
    assert.equal(draws('queuing', 5_000), 1)
    assert.equal(draws('generating', 3_000), 0)
  })

  test('are shown with the others', () => {
    const chat = createChat()
    runJob(chat)
    runJob(chat)
    assert.match(chat.screen.text, /Ещё в работе: 1/)
    chat.press('Все заказы в работе')
    assert.equal(chat.state, 'jobs')
    assert.match(chat.screen.text, /^.*1\. <b>Z-Image.*2\. <b>Z-Image/s)
  })

  test('are watched ever more rarely', () => {
    const chat = createChat()
    runJob(chat)
    const tick = { type: 'xstate.after.progressTick.conversation.watching' } as never
    const pauses = []
    for (const ms of [15_000, 130_000, 700_000]) {
      const { startedAt } = chat.context.tracked[0] ?? assert.fail()
      chat.happen(tick, startedAt + ms - chat.context.leftAt)
      pauses.push(pauseIn(chat.snapshot))
      assert.equal(chat.state, 'watching')
    }
    assert.deepEqual(pauses, [15_000, 30_000, 120_000])
  })

  test('keep a bounded memory of the jobs behind them', () => {
    const chat = createChat()
    for (let i = 0; i < 15; i += 1) runJob(chat)
    assert.equal(chat.context.tracked.length, 10)
    for (const { id } of [...chat.context.tracked]) {
      chat.happen({ type: 'job.delivered', ...about(id), priceKopecks: 0 })
    }
    for (let i = 0; i < 5; i += 1) {
      chat.happen({ type: 'job.delivered', ...about(runJob(chat)), priceKopecks: 0 })
    }
    assert.equal(chat.context.ended.length, 10)
  })
})

describe('little that is left', () => {
  const order = (balanceKopecks: number) => {
    const chat = createChat({ backend: backendWith(balanceKopecks) })
    openModel(chat, 'google-imagen4-fast')
    chat.text('кот')
    if (chat.state !== 'drafting.preview') chat.press('1:1')
    chat.press('Запустить')
    const jobId = chat.context.jobId ?? assert.fail('no job')
    const modelId = 'google/imagen4-fast'
    chat.happen({ type: 'job.delivered', jobId, modelId, priceKopecks: 314 })
    return chat
  }

  test('is said when the same order can not be paid again, until the user has enough of it', () => {
    assert.doesNotMatch(order(1_000).screen.text, /осталось/)
    const chat = order(500)
    assert.match(chat.screen.text, /На балансе осталось 1,86.₽/)
    chat.press('Не напоминать')
    assert.doesNotMatch(chat.screen.text, /осталось/)
    assert.equal(chat.context.account?.isQuiet, true)
    chat.command('balance')
    chat.press('Напоминать')
    assert.equal(chat.context.account?.isQuiet, undefined)
    chat.press('Не напоминать')
    assert.equal(chat.context.account?.isQuiet, true)
  })

  test('is said of the last free generation of a day', () => {
    const chat = createChat()
    chat.happen({ type: 'free.read', free: { today: 1, limit: 5, bonus: 0, nextAt: null } })
    const jobId = runJob(chat)
    chat.happen({ type: 'job.delivered', jobId, modelId: 'z-image', priceKopecks: 0 })
    assert.match(chat.screen.text, /последняя бесплатная/)
    assert.ok(chat.button('Напомнить'))
  })
})
