import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { familyNamed, parseCallback } from '../../../../src/actors/kie/families.ts'
import { create, finished, recordInfo, startKie, startReceiver } from '../fixture.ts'

const market = familyNamed('market')

const song = {
  model: 'ai-music-api/generate',
  input: { custom_mode: false, instrumental: true, model: 'V6', prompt: 'rain' },
}

describe('models beyond the 72 at the fake', () => {
  test('make two tracks through the market, named by track', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    const taskId = await finished(kie, { ...song, callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.status === 200)
    const body = await recordInfo(kie, taskId)
    assert.match(String(body.data.resultJson), /^\{"data":\[\{"audio_url":/)
    const told = parseCallback(JSON.parse(String(bot.received[0]?.text)))
    const asked = market.parseStatus(body)
    assert.equal(bot.received.length, 1)
    assert.equal(asked.urls.length, 2)
    assert.deepEqual(told, asked)
    assert.equal(asked.creditsConsumed, 12)
  })

  test('refuse the version next to the input and the old names', async (t) => {
    const kie = await startKie(t)
    for (const body of [
      { ...song, model: 'V6' },
      { ...song, input: { ...song.input, customMode: true } },
      { ...song, input: { ...song.input, model: 'V4' } },
    ])
      assert.equal((await create(kie, body)).code, 422)
  })

  test('make a film of veo-3-1', async (t) => {
    const kie = await startKie(t)
    const taskId = await finished(kie, { model: 'veo-3-1', input: { prompt: 'x', duration: 4 } })
    const [url] = market.parseStatus(await recordInfo(kie, taskId)).urls
    assert.match(String(url), /\.mp4$/)
  })
})
