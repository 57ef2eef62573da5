import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, test } from 'node:test'
import Router from '@koa/router'
import { createClock } from '../../support/clock.ts'
import { createStage, sessionOf, TOKEN } from './stage.ts'

/** Asks with headers that fetch would not let through. */
const ask = (url: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.once('error', reject).end()
  })

describe('access to the console', () => {
  test('does not exist without a token', async (t) => {
    const { stranger } = await createStage(t, { env: { CONSOLE_TOKEN: '' } })
    for (const path of ['/console', '/session', '/overview', '/console/assets/a.js']) {
      assert.equal((await stranger.get(path)).status, 404, path)
    }
  })

  test('leaves every other route of the bot alone', async (t) => {
    const webhook = new Router().post('/webhook/:path', (context) => {
      context.body = 'taken'
    })
    const { url } = await createStage(t, { others: [webhook] })
    const answer = await fetch(`${url}/webhook/secret`, { method: 'POST' })
    assert.deepEqual([answer.status, await answer.text()], [200, 'taken'])
    assert.equal((await fetch(`${url}/elsewhere`)).status, 404)
  })

  test('shows nothing to who is not logged in', async (t) => {
    const { stranger } = await createStage(t)
    const session = await sessionOf(stranger)
    assert.deepEqual([session.loggedIn, session.who, session.actions], [false, null, []])
    for (const path of [
      ...['/overview', '/machines', '/machines/job', '/machines/job/actors', '/machines/job/edges'],
      ...['/actors?q=1', '/actors/job%3Aa', '/actors/job%3Aa/steps', '/actors/job%3Aa/steps/1'],
      ...['/actors/job%3Aa/history.json', '/jobs', '/letters', '/letters/1', '/ledger'],
      ...['/ledger/entries', '/ledger/holds', '/updates', '/actions', '/live'],
    ]) {
      const { status, body } = await stranger.get(path)
      assert.deepEqual([status, body], [401, { error: 'console.login' }], path)
    }
    const action = { name: 'job.refund', target: 'job:a', why: 'because' }
    assert.equal((await stranger.post('/actions', action)).status, 401)
  })

  test('logs in by the token, with a cookie that only the browser and this page can use', async (t) => {
    const { stranger, operator, pool } = await createStage(t)
    const wrong = await stranger.post('/login', { token: `${TOKEN}x`, who: 'ann' })
    assert.deepEqual([wrong.status, wrong.body], [401, { error: 'console.token' }])
    assert.equal(wrong.headers.get('set-cookie'), null)
    const { headers } = await stranger.post('/login', { token: TOKEN, who: 'ann' })
    const cookie = headers.get('set-cookie') ?? ''
    assert.match(
      cookie,
      /^trt_console=[\w-]{43}; Path=\/console; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    assert.ok(!cookie.includes(TOKEN))
    const { rows } = await pool.query('select hash from console_sessions')
    assert.ok(
      rows.every(({ hash }) => !cookie.includes(hash)),
      'the database can log nobody in',
    )
    const secure = await stranger.post(
      '/login',
      { token: TOKEN, who: 'ann' },
      { 'x-forwarded-proto': 'https' },
    )
    assert.match(secure.headers.get('set-cookie') ?? '', /; Secure$/)

    const ann = await operator('ann')
    assert.equal((await ann.get('/overview')).status, 200)
    assert.equal((await sessionOf(ann)).who, 'ann')
  })

  test('logs out for good, and everybody when the token changes', async (t) => {
    const clock = createClock()
    const { operator, stranger, pool } = await createStage(t, { now: clock.now })
    const [ann, bob] = [await operator('ann'), await operator('bob')]
    await ann.post('/logout', {})
    assert.equal((await ann.get('/jobs')).status, 401)
    assert.equal((await bob.get('/jobs')).status, 200)
    await pool.query(`update console_sessions set hash = 'mac-under-another-token'`)
    assert.equal((await bob.get('/jobs')).status, 401)
    const late = await operator('late')
    clock.advance(13 * 3_600_000)
    assert.equal((await late.get('/jobs')).status, 401, 'a session ends by itself')
    assert.equal((await stranger.get('/jobs', { cookie: 'trt_console=forged' })).status, 401)
  })

  test('brakes whoever guesses', async (t) => {
    const clock = createClock()
    const { stranger } = await createStage(t, { now: clock.now })
    const guess = (token = 'wrong') => stranger.post('/login', { token, who: 'eve' })
    for (let i = 0; i < 6; i += 1) assert.equal((await guess()).status, 401)
    const braked = await guess(TOKEN)
    assert.deepEqual([braked.status, braked.body], [429, { error: 'console.brake' }])
    assert.equal(braked.headers.get('retry-after'), '1')
    clock.advance(1_000)
    assert.equal((await guess()).headers.get('retry-after'), '2')
    clock.advance(2_000)
    assert.equal((await guess(TOKEN)).status, 200)
    assert.equal((await guess()).status, 401, 'and begins anew')
  })

  test('brakes each guesser behind a proxy alone, however they forge the list', async (t) => {
    const clock = createClock()
    const { stranger } = await createStage(t, { now: clock.now, env: { CONSOLE_REMOTE: '1' } })
    const from = (list: string, token = 'wrong') =>
      stranger.post(
        '/login',
        { token, who: 'eve' },
        { 'x-forwarded-for': list, 'x-forwarded-proto': 'https' },
      )
    // The proxy writes the last name; whoever guesses may write others before it.
    for (let i = 0; i < 6; i += 1) {
      assert.equal((await from(`198.51.100.${i}, 2001:db8::${i + 1}`)).status, 401)
    }
    assert.equal((await from('192.0.2.1, 2001:db8:0:0:ffff::9', TOKEN)).status, 429)
    assert.equal((await from('2001:db8::1, 203.0.113.9', TOKEN)).status, 200)
  })

  test('takes orders from its own page only', async (t) => {
    const { stranger, operator } = await createStage(t)
    const login = { token: TOKEN, who: 'ann' }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: '' },
      { 'x-console': '' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const { status, body } = await stranger.post('/login', login, headers)
      assert.deepEqual([status, body], [403, { error: 'console.foreign' }], JSON.stringify(headers))
    }
    const ann = await operator()
    assert.equal((await ann.get('/jobs', { 'sec-fetch-site': 'cross-site' })).status, 403)
    assert.equal((await ann.get('/jobs', { 'sec-fetch-site': 'same-origin' })).status, 200)
  })

  test('is not there for other machines, proxies and foreign names', async (t) => {
    const { url } = await createStage(t)
    const session = `${url}/console/api/session`
    assert.equal(await ask(session, {}), 200)
    assert.equal(await ask(session, { host: 'localhost:8000' }), 200)
    assert.equal(await ask(session, { 'x-forwarded-for': '203.0.113.5' }), 404)
    assert.equal(await ask(session, { host: 'rebound.example' }), 404)
  })

  test('is there for other machines by https when that is wanted', async (t) => {
    const { url } = await createStage(t, { env: { CONSOLE_REMOTE: '1' } })
    const session = `${url}/console/api/session`
    const proxied = { host: 'bot.example', 'x-forwarded-for': '203.0.113.5' }
    assert.equal(await ask(session, { ...proxied, 'x-forwarded-proto': 'https' }), 200)
    assert.equal(await ask(session, { ...proxied, 'x-forwarded-proto': 'http' }), 404)
    assert.equal(await ask(session, {}), 200, 'and still for this one')
  })

  test('needs no login in the sandbox, but is for this machine and its own page there too', async (t) => {
    const sandbox = {
      chatUrl: () => 'http://127.0.0.1:9/',
      aheadMs: () => 0,
      advance: async () => {},
      newChat: async () => 1,
      inspect: null,
      tested: async () => null,
    }
    const env = { CONSOLE_TOKEN: '', CONSOLE_REMOTE: '1' }
    const { stranger, url } = await createStage(t, { env, sandbox })
    const session = await sessionOf(stranger)
    assert.deepEqual([session.loggedIn, session.sandbox, session.who], [true, true, 'sandbox'])
    assert.equal(session.actions.length, 5)
    const remote = {
      host: 'bot.example',
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-proto': 'https',
    }
    assert.equal(await ask(`${url}/console/api/session`, remote), 404)
    const foreign = await stranger.post(
      '/sandbox/clock',
      { advanceMs: 1 },
      { origin: 'http://localhost:1' },
    )
    assert.equal(foreign.status, 403)
  })

  test('loads nothing from elsewhere and stands in no foreign frame', async (t) => {
    const { stranger } = await createStage(t)
    const { headers } = await stranger.get('/session')
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.match(policy, /frame-ancestors 'self'(;|$)/)
    assert.ok(!/unsafe|https?:|\*/.test(policy))
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('x-frame-options'), 'SAMEORIGIN')
    assert.equal(headers.get('cache-control'), 'no-store')
  })

  test('answers what is not there and what makes no sense', async (t) => {
    const { operator } = await createStage(t)
    const ann = await operator()
    for (const path of [
      ...['/nothing', '/machines/nothing', '/actors/job%3Anobody', '/letters/7', '/letters/x'],
      ...['/sandbox', '/console/assets/nothing.js', '/console/assets/..%2F..%2Fpackage.json'],
    ]) {
      assert.equal((await ann.get(path)).status, 404, path)
    }
    for (const path of ['/jobs?cursor=!!', '/jobs?user=x', '/letters?kind=x', '/jobs?limit=-1']) {
      assert.deepEqual((await ann.get<{ error: string }>(path)).body.error, 'console.invalid', path)
    }
    assert.equal((await ann.post('/actions', { name: 'job.explode' })).status, 400)
    assert.equal((await ann.post('/login', { token: 't', who: 'a\nb' })).status, 400)
  })
})
