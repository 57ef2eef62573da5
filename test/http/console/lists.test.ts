import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type {
  ActorSummary,
  EdgeStats,
  HoldItem,
  JobItem,
  LedgerItem,
  LedgerState,
  MachineDetail,
  Overview,
  Page,
  UpdateItem,
} from '../../../src/http/console/contract.ts'
import { createCoverage } from '../../../src/http/console/coverage.ts'
import { bookMovements, readAccount } from '../../../src/store/ledger.ts'
import { waitFor } from '../../support/wait.ts'
import { type Browser, CREATED, createStage, DELIVERED, FAILED, type Stage } from './stage.ts'

/** All pages of a list; `meanwhile` happens between them. */
async function readAll<T>(who: Browser, path: string, meanwhile = async () => {}): Promise<T[]> {
  const items: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`
    const { body, status } = await who.get<Page<T>>(`${path}${more}`)
    assert.equal(status, 200)
    items.push(...body.items)
    cursor = body.cursor
    await meanwhile()
  }
  return items
}

async function jobs(stage: Stage): Promise<void> {
  for (const [id, way] of [
    ['a', CREATED],
    ['b', DELIVERED],
    ['c', FAILED],
    ['d', CREATED],
    ['e', []],
  ] as const) {
    await stage.job(id, way)
  }
}

describe('lists of the console', () => {
  test('count actors by every node that is active in them', async (t) => {
    const stage = await createStage(t)
    await jobs(stage)
    await stage.say(10, { type: 'command.help' })
    const ann = await stage.operator()
    const { body } = await ann.get<MachineDetail>('/machines/job')
    assert.deepEqual(body.counts, {
      job: 5,
      'job.created': 2,
      'job.created.waiting': 2,
      'job.delivered': 1,
      'job.failed': 1,
      'job.pending': 1,
    })
    const { body: overview } = await ann.get<Overview>('/overview')
    assert.deepEqual(overview.machines.map(({ id, actors }) => [id, actors]).slice(0, 2), [
      ['conversation', 1],
      ['job', 5],
    ])
    assert.equal(overview.series.steps.length, 299)
    assert.ok(overview.queues.ready > 0)
    assert.deepEqual([overview.ledger.openHolds, overview.ledger.heldKopecks], [3, 3 * 314])
    assert.deepEqual(overview.failures.jobs, [{ errorCode: 'kie.failed', count: 1 }])
  })

  test('show the actors of a state, those that waited longest first, in stable pages', async (t) => {
    const stage = await createStage(t)
    for (let chat = 10; chat < 31; chat += 1) await stage.say(chat, { type: 'command.help' })
    // All at once: the order must not depend on the time alone.
    await stage.pool.query(`update actors set updated_at = '2026-01-01 00:00:00.000123+00'`)
    const ann = await stage.operator()
    const path = '/machines/conversation/actors?state=conversation.help&limit=5'
    let chat = 100
    const found = await readAll<ActorSummary>(ann, path, () =>
      chat < 103 ? stage.say(chat++, { type: 'command.help' }) : Promise.resolve(),
    )
    const ids = found.map(({ actor }) => actor)
    assert.equal(new Set(ids).size, ids.length, 'nobody comes twice')
    for (let n = 10; n < 31; n += 1) assert.ok(ids.includes(`conversation:700:${n}`))
    const none = await ann.get<Page<ActorSummary>>(
      '/machines/conversation/actors?state=conversation.watching',
    )
    assert.deepEqual(none.body, { items: [], cursor: null })
  })

  test('say how often each transition was taken', async (t) => {
    const stage = await createStage(t)
    await jobs(stage)
    const ann = await stage.operator()
    const { edges } = (await ann.get<EdgeStats>('/machines/job/edges')).body
    const counts = Object.fromEntries(edges.map((edge) => [edge.id, edge.count]))
    assert.equal(counts['job.pending|create.claimed|0'], 4)
    assert.equal(counts['job.creating|create.accepted|0'], 4)
    assert.equal(counts['job.delivering|result.delivered|0'], 1)
    assert.equal(counts['job.created|task.reported|0'], 1, 'succeeded')
    assert.equal(counts['job.created|task.reported|1'], 1, 'failed')
    assert.equal(counts['job.unknown|task.reported|0'], 0)
    const claimed = edges.find(({ id }) => id === 'job.pending|create.claimed|0')
    assert.equal(claimed?.guard, 'isClaimOfThisAttempt')
    assert.equal(counts['job.preparing||0'], 5, 'also what is taken at the beginning')
    const { rows } = await stage.pool.query<{ type: string; count: number }>(
      `select event->>'type' as type, count(*)::int as count from journal
       where actor_id like 'job:%' and event->>'type' <> 'actor.begun' group by 1`,
    )
    for (const { type, count } of rows) {
      const taken = edges.filter(({ event }) => event === type)
      assert.equal(
        taken.reduce((sum, edge) => sum + edge.count, 0),
        count,
        type,
      )
    }
  })

  test('tell apart the transitions that taps took, and count what is older in 30 days', async (t) => {
    let clock = Date.now() - 3 * 86_400_000
    const stage = await createStage(t, { now: () => clock })
    const begin = async (chat: number) => {
      await stage.say(chat, { type: 'command.start', payload: 'm_google-imagen4-fast' } as never)
      await stage.tap(chat, 'draft.begun')
    }
    await begin(11)
    clock = Date.now()
    await begin(10)
    await stage.say(10, { type: 'button.tapped', data: 'of.before', queryId: '2' } as never)
    const ann = await stage.operator()
    const read = async (query: string) => {
      // On a slow machine the count goes on behind the first answer.
      const body = await waitFor(
        async () => {
          const { body } = await ann.get<EdgeStats>(`/machines/conversation/edges${query}`)
          return body.done === 1 && body
        },
        { what: 'all hours counted' },
      )
      const begun = body.edges.filter(({ event, count }) => event === 'draft.begun' && count > 0)
      return { ...body, begun: begun.map(({ count }) => count) }
    }
    const rowsOf = async (chats: string) =>
      (
        await stage.pool.query<{ count: number }>(
          'select count(*)::int as count from journal where actor_id like $1',
          [`conversation:%:${chats}`],
        )
      ).rows[0]?.count
    const [day, month] = [await read(''), await read('?range=month')]
    assert.deepEqual([day.begun, month.begun], [[1], [2]])
    assert.deepEqual([day.steps, month.steps], [await rowsOf('10'), await rowsOf('1_')])
    assert.deepEqual([day.unexplained, month.unexplained, day.testedAt], [0, 0, null])
    // What takes longer than one has patience for goes on, and is whole in the end.
    const definition = stage.registry.of('conversation:1:1')
    const coverage = createCoverage(stage.db, () => clock)
    const ask = () => coverage.read(definition, clock - 30 * 86_400_000, 0)
    assert.ok((await ask()).done < 1)
    const whole = await waitFor(
      async () => {
        const taken = await ask()
        return taken.done === 1 ? taken : undefined
      },
      { what: 'all hours counted' },
    )
    assert.deepEqual([whole.steps, whole.unexplained], [month.steps, 0])
    // Hours that nobody can ask for any more are forgotten, and new ones are counted.
    const held = coverage.held()
    clock += 30 * 86_400_000
    await waitFor(async () => (await ask()).done === 1, { what: 'the next month counted' })
    assert.ok(held >= 30 * 24 && coverage.held() <= 31 * 24, `${held}, ${coverage.held()}`)
    clock -= 30 * 86_400_000
    assert.equal((await ann.get('/machines/conversation/edges?range=week')).status, 400)
    assert.equal((await ann.get('/machines/conversation/edges?range=tests')).status, 404)
  })

  test('filter jobs by state, model, user and age, in stable pages', async (t) => {
    const stage = await createStage(t)
    await jobs(stage)
    await stage.job('other', CREATED, { userId: 11, chatId: 11, modelId: 'z-image' })
    await stage.pool.query(`update jobs set created_at = now() - interval '2 hours' where id = 'a'`)
    const ann = await stage.operator()
    const ids = async (query: string) =>
      (await readAll<JobItem>(ann, `/jobs?limit=2&${query}`))
        .map(({ id }) => id)
        .sort()
        .join('')
    assert.equal(await ids('state=created'), 'adother')
    assert.equal(await ids('state=created&user=10'), 'ad')
    assert.equal(await ids('model=z-image'), 'other')
    assert.equal(await ids('open=1'), 'adeother')
    assert.equal(await ids('open=0'), 'bc')
    assert.equal(await ids('olderMs=3600000'), 'a')
    assert.equal(await ids('newerMs=3600000&user=10'), 'bcde')
    let n = 0
    const seen = await readAll<JobItem>(ann, '/jobs?limit=2', async () => {
      if (n < 2) await stage.job(`new${n++}`, [])
    })
    assert.deepEqual(
      seen.map(({ id }) => id),
      ['other', 'e', 'd', 'c', 'b', 'a'],
    )
  })

  test('refuse a cursor that no page gave out', async (t) => {
    const stage = await createStage(t)
    await stage.say(10, { type: 'command.help' })
    const ann = await stage.operator()
    const cursor = (place: object) => Buffer.from(JSON.stringify(place)).toString('base64url')
    for (const path of [
      `/jobs?cursor=${cursor({ at: 'yesterday', id: 'a' })}`,
      `/updates?cursor=${cursor({ at: '2026-13-45', actor: 'a', seq: 1 })}`,
      `/machines/conversation/actors?cursor=${cursor({ at: '', id: 'a' })}`,
    ]) {
      assert.equal((await ann.get(path)).status, 400, path)
    }
  })

  test('count given money among what people have', async (t) => {
    const stage = await createStage(t)
    await stage.job('a', [])
    await bookMovements(stage.db, [{ userId: 10, kind: 'bonus', ref: 'promo:a', kopecks: 500 }])
    const ann = await stage.operator()
    const { body } = await ann.get<LedgerState>('/ledger')
    const { available_kopecks } = await readAccount(stage.db, 10)
    assert.equal(body.availableKopecks, available_kopecks + 500)
  })

  test('show the ledger: entries, open holds and whether it agrees', async (t) => {
    const stage = await createStage(t)
    await jobs(stage)
    const ann = await stage.operator()
    const holds = await readAll<HoldItem>(ann, '/ledger/holds?limit=2')
    assert.deepEqual(
      holds.map(({ ref, kopecks, jobStatus }) => [ref, kopecks, jobStatus]),
      [
        ['a', 314, 'created'],
        ['d', 314, 'created'],
        ['e', 314, 'pending'],
      ],
    )
    const entries = await readAll<LedgerItem>(ann, '/ledger/entries?limit=3&ref=b')
    assert.deepEqual(
      entries.map(({ kind, actor }) => [kind, actor]),
      [
        ['capture', 'job:b'],
        ['hold', 'job:b'],
      ],
    )
    await stage.pool.query('update accounts set available_kopecks = available_kopecks + 1')
    const { body } = await ann.get<{ ok: boolean; unbalancedUsers: number[] }>('/ledger')
    assert.deepEqual([body.ok, body.unbalancedUsers], [false, [10]])
  })

  test('show what came from outside, newest first, in stable pages', async (t) => {
    const stage = await createStage(t)
    for (let i = 0; i < 7; i += 1) await stage.say(10 + (i % 2), { type: 'command.help' })
    const ann = await stage.operator()
    const all = await readAll<UpdateItem>(ann, '/updates?limit=3')
    assert.equal(all.length, 7)
    assert.equal(new Set(all.map(({ key }) => key)).size, 7)
    assert.ok(all.every(({ at }, i) => i === 0 || at <= (all[i - 1]?.at ?? 0)))
    const own = await readAll<UpdateItem>(ann, '/updates?limit=3&user=11')
    assert.deepEqual(
      own.map(({ actor }) => actor),
      Array(3).fill('conversation:700:11'),
    )
    assert.deepEqual([all[0]?.type, all[0]?.from, all[0]?.to], ['command.help', 'help', 'help'])
  })

  test('find actors by id, by its beginning, by user and by task', async (t) => {
    const stage = await createStage(t)
    await stage.job('abc', CREATED)
    await stage.say(10, { type: 'command.help' })
    const ann = await stage.operator()
    const find = async (q: string) =>
      (await ann.get<ActorSummary[]>(`/actors?q=${encodeURIComponent(q)}`)).body
        .map(({ actor }) => actor)
        .sort()
    assert.deepEqual(await find('job:abc'), ['job:abc'])
    assert.deepEqual(await find('abc'), ['job:abc'])
    assert.deepEqual(await find('job:'), ['job:abc'])
    assert.deepEqual(await find('task-abc'), ['job:abc'])
    assert.deepEqual(await find('10'), ['conversation:700:10', 'job:abc'])
    assert.deepEqual(await find('%'), [])
  })
})
