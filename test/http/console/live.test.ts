import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { ActionResult, LiveMessages, StepPage } from '../../../src/http/console/contract.ts'
import { createLiveHub } from '../../../src/http/console/live-hub.ts'
import { createRates } from '../../../src/http/console/rates.ts'
import { createClock } from '../../support/clock.ts'
import { waitFor } from '../../support/wait.ts'
import { createStage, DELIVERED, type Stage } from './stage.ts'

interface Message {
  event: keyof LiveMessages
  id: string | undefined
  data: never
}

/** An open stream and what came over it. */
async function watch(t: TestContext, { url }: Stage, cookie: string, query = '', lastId = '') {
  const control = new AbortController()
  t.after(() => control.abort())
  const answer = await fetch(`${url}/console/api/live${query}`, {
    headers: { cookie, ...(lastId ? { 'last-event-id': lastId } : {}) },
    signal: control.signal,
  })
  let text = ''
  let ended = false
  const reading = async () => {
    for await (const chunk of answer.body ?? []) text += new TextDecoder().decode(chunk)
    ended = true
  }
  void reading().catch(() => {})
  const messages = (): Message[] =>
    text
      .split('\n\n')
      .slice(0, -1)
      .filter((block) => block.startsWith('event:'))
      .map((block) => {
        const of = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
        return {
          event: of('event') as keyof LiveMessages,
          id: of('id'),
          data: JSON.parse(of('data') ?? 'null') as never,
        }
      })
  return {
    headers: answer.headers,
    text: () => text,
    hasEnded: () => ended,
    close: () => control.abort(),
    all: <K extends keyof LiveMessages>(event: K) =>
      messages().filter((m) => m.event === event) as (Omit<Message, 'data'> & {
        data: LiveMessages[K]
      })[],
  }
}

describe('the live stream', () => {
  test('brings counts at once and when they change', async (t) => {
    const stage = await createStage(t)
    await stage.say(10, { type: 'command.help' })
    const { cookie } = await stage.operator()
    const live = await watch(t, stage, cookie, '?machine=conversation')
    assert.match(live.headers.get('content-type') ?? '', /^text\/event-stream/)
    assert.equal(live.headers.get('x-accel-buffering'), 'no')
    await waitFor(() => live.all('counts').length > 0, { what: 'the first counts' })
    assert.match(live.text(), /^retry: \d+\n\n/)
    assert.equal(live.all('counts')[0]?.data.counts['conversation.help'], 1)
    await stage.say(11, { type: 'command.help' })
    await waitFor(() => live.all('counts').at(-1)?.data.counts['conversation.help'] === 2, {
      what: 'new counts',
    })
    assert.ok(live.all('counts').every(({ data }) => data.machine === 'conversation'))
    assert.ok(live.all('rates').length > 0)
  })

  test('brings every step of the actor that is watched, and missed ones after a break', async (t) => {
    const stage = await createStage(t)
    const { cookie } = await stage.operator()
    const actor = 'conversation:700:10'
    const query = `?actor=${encodeURIComponent(actor)}`
    const live = await watch(t, stage, cookie, query)
    await waitFor(() => live.all('rates').length > 0, { what: 'the stream' })
    await stage.say(10, { type: 'command.help' })
    await stage.say(11, { type: 'command.help' })
    await waitFor(() => live.all('actor').length > 0, { what: 'a step' })
    const steps = live.all('actor')
    assert.deepEqual(
      steps.map(({ data }) => [data.actor, data.seq, data.state]),
      [[actor, 2, 'help']],
    )
    assert.deepEqual(steps.at(-1)?.data.configuration, ['conversation', 'conversation.help'])
    const other = await watch(t, stage, cookie, query)
    live.close()
    await waitFor(() => other.all('rates').length > 0, { what: 'the other stream' })
    await stage.say(10, { type: 'command.balance' })
    await waitFor(() => other.all('actor').length > 0, { what: 'a step that the first one missed' })
    const back = await watch(t, stage, cookie, query, steps.at(-1)?.id)
    await waitFor(() => back.all('actor').length > 0, { what: 'the missed step' })
    assert.deepEqual(
      back.all('actor').map(({ data }) => data.state),
      ['balance'],
    )
  })

  test('sees what another process did to the watched actor', async (t) => {
    const stage = await createStage(t)
    await stage.say(10, { type: 'command.help' })
    const { cookie } = await stage.operator()
    const live = await watch(t, stage, cookie, '?actor=conversation%3A700%3A10')
    await waitFor(() => live.all('counts').length > 0, { what: 'the stream' })
    await waitFor(
      async () => {
        await stage.pool.query(`update actors set version = version + 1, state = 'balance'`)
        return live.all('actor').length > 0
      },
      { what: 'the foreign step' },
    )
    assert.equal(live.all('actor')[0]?.data.state, 'balance')
  })

  test('brings what another instance did: steps of the dialogue, and what its operator did', async (t) => {
    const one = await createStage(t, { env: { CONSOLE_ACTIONS: 'job.redeliver' } })
    const other = await createStage(t, { database: one })
    const job = await one.job('a', DELIVERED)
    await one.say(10, { type: 'command.help' })
    const { cookie } = await other.operator('bob')
    const watching = (actor: string) =>
      watch(t, other, cookie, `?actor=${encodeURIComponent(actor)}`)
    const [chat, order] = [await watching('conversation:700:10'), await watching(job)]
    await waitFor(() => [chat, order].every((live) => live.all('counts').length > 0), {
      what: 'both streams',
    })
    // The first look finds out how far they are.
    await waitFor(() => chat.all('rates').length > 1 && order.all('rates').length > 1, {
      what: 'a second look',
    })

    await one.say(10, { type: 'command.balance' })
    await waitFor(() => chat.all('actor').length > 0, { what: 'the step of the dialogue' })
    assert.deepEqual(
      chat.all('actor').map(({ data }) => [data.seq, data.state]),
      [[3, 'balance']],
    )
    await waitFor(
      () =>
        chat
          .all('counts')
          .some(({ data }) => data.counts['conversation.balance'] === 1 && data.total === 1),
      { what: 'the new counts' },
    )

    const ann = await one.operator('ann')
    const request = { name: 'job.redeliver', target: job, why: 'deleted by mistake' }
    const { body } = await ann.post<ActionResult>('/actions', request)
    await waitFor(() => order.all('actor').length > 0, { what: 'the action' })
    assert.deepEqual(
      order.all('actor').map(({ data }) => [data.seq, data.state]),
      [[body.seq, 'delivered']],
    )
    const bob = await other.operator('bob')
    const page = await bob.get<StepPage>(
      `/actors/${encodeURIComponent(job)}/steps?from=${body.seq}`,
    )
    const [step] = page.body.steps
    assert.deepEqual([step?.event.type, step?.event.by], ['operator.redeliver', 'ann'])
  })

  test('ends when the process drains', async (t) => {
    const stage = await createStage(t)
    const { cookie } = await stage.operator()
    const live = await watch(t, stage, cookie)
    await waitFor(() => live.all('rates').length > 0, { what: 'the stream' })
    stage.close()
    await waitFor(() => live.hasEnded(), { what: 'the end' })
    assert.deepEqual(live.all('bye').at(-1)?.data, { reason: 'draining' })
  })

  test('asks the database only while somebody looks, once for all of them', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const stage = await createStage(t).catch(() => undefined)
    assert.ok(stage)
    const clock = createClock()
    let asked = 0
    const hub = createLiveHub({
      registry: stage.registry,
      rates: createRates(clock.now),
      now: clock.now,
      stats: () => ({ waiting: 0, mailboxes: 0 }),
      countStates: async () => {
        asked += 1
        return []
      },
      readVersions: async () => [],
    })
    const pass = async (ms: number) => {
      for (let i = 0; i < ms; i += 50) {
        clock.advance(50)
        t.mock.timers.tick(50)
        for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
      }
    }
    const step = () => hub.onCommit('conversation:700:10', [])
    step()
    await pass(1_000)
    assert.equal(asked, 0, 'nobody looks')
    const viewer = () => ({ machine: null, actor: null, activity: false, send() {}, end() {} })
    const leave = [viewer(), viewer(), viewer()].map((v) => hub.attach(v, ''))
    await pass(100)
    assert.equal(asked, 1, 'once for three')
    for (let i = 0; i < 20; i += 1) {
      step()
      await pass(50)
    }
    assert.ok(asked >= 4 && asked <= 6, `${asked}: at most every 250 ms`)
    const before = asked
    await pass(1_500)
    assert.ok(asked - before <= 2, 'hardly ever while nothing happens')
    for (const go of leave) go()
    const then = asked
    step()
    await pass(3_000)
    assert.equal(asked, then, 'and never when they have gone')
  })
})
