import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, test } from 'node:test'
import {
  API_KEY,
  create,
  finished,
  fox,
  get,
  post,
  recordInfo,
  reply,
  resultUrls,
  startKie,
} from './fixture.ts'

const refusedInput = async (
  t: Parameters<typeof startKie>[0],
  input: unknown,
  model = 'z-image',
) => {
  const kie = await startKie(t)
  const { code, msg } = await create(kie, { model, input })
  assert.equal(kie.control.createTaskCount(), 0)
  return { code, msg }
}

describe('who may ask', () => {
  test('a wrong or missing key gets code 401 inside HTTP 200', async (t) => {
    const kie = await startKie(t)
    for (const authorization of ['', 'Bearer wrong', API_KEY]) {
      const response = await fetch(`${kie.url}/api/v1/chat/credit`, { headers: { authorization } })
      assert.equal(response.status, 200)
      assert.deepEqual(await response.json(), {
        code: 401,
        msg: 'You do not have access permissions',
        data: null,
      })
    }
  })

  test('a client without a name is turned away before KIE sees it', async (t) => {
    const kie = await startKie(t)
    const { status, text } = await new Promise<{ status?: number; text: string }>((resolve) => {
      request(`${kie.url}/api/v1/chat/credit`, (res) => {
        let text = ''
        res.on('data', (chunk) => {
          text += chunk
        })
        res.on('end', () => resolve({ ...(res.statusCode && { status: res.statusCode }), text }))
      }).end()
    })
    assert.deepEqual([status, text], [403, 'error code: 1010'])
  })
})

describe('how often', () => {
  test('the 21st create within 10 s is refused with 429 and not queued', async (t) => {
    let now = 1_000_000
    const kie = await startKie(t, { now: () => now })
    kie.control.hold()
    const replies = await Promise.all(Array.from({ length: 21 }, () => create(kie)))
    assert.deepEqual(
      replies.map(({ code }) => code).sort((a, b) => a - b),
      [...Array.from({ length: 20 }, () => 200), 429],
    )
    assert.equal(kie.control.createTaskCount(), 20)
    now += 9_999
    assert.equal((await create(kie)).code, 429)
    now += 1
    assert.equal((await create(kie)).code, 200)
  })

  test('the 11th status read within a second is refused with 429', async (t) => {
    let now = 1_000_000
    const kie = await startKie(t, { now: () => now })
    kie.control.hold()
    const { taskId } = (await create(kie)).data
    for (let i = 0; i < 10; i++) assert.equal((await recordInfo(kie, taskId)).code, 200)
    assert.equal((await recordInfo(kie, taskId)).code, 429)
    now += 1_000
    assert.equal((await recordInfo(kie, taskId)).code, 200)
  })
})

describe('what may be asked', () => {
  test('an unknown model is refused', async (t) => {
    const kie = await startKie(t)
    const { code, msg } = await create(kie, { model: 'z-image-9' })
    assert.equal(code, 422)
    assert.match(msg, /^The model name you specified is not supported/)
  })

  test("another family's model is unknown here", async (t) => {
    const kie = await startKie(t)
    assert.equal((await create(kie, { model: 'V4' })).code, 422)
  })

  test('a model goes by its api name, not by its old id', async (t) => {
    const kie = await startKie(t)
    const old = await create(kie, { model: 'kling/ai-avatar-v1-pro', input: {} })
    assert.match(old.msg, /not supported/)
    const renamed = await create(kie, { model: 'kling/ai-avatar-pro', input: {} })
    assert.match(renamed.msg, /is required/)
  })

  const cases: [string, unknown, RegExp][] = [
    ['no input', undefined, /^The input cannot be null$/],
    ['a null input', null, /^The input cannot be null$/],
    ['an input as text', JSON.stringify(fox), /^input must be of type object$/],
    ['a missing field', { prompt: 'A fox' }, /^aspect_ratio is required$/],
    ['an unknown field', { ...fox, seed: 1 }, /^seed is not supported$/],
    ['a value outside the list', { ...fox, aspect_ratio: '2:1' }, /^aspect_ratio is not one of/],
    ['a wrong type', { ...fox, nsfw_checker: 'true' }, /^nsfw_checker must be of type boolean$/],
    ['an empty prompt', { ...fox, prompt: '' }, /^prompt must NOT have fewer/],
    ['a long prompt', { ...fox, prompt: 'x'.repeat(1_001) }, /^prompt must NOT have more/],
  ]
  for (const [name, input, wanted] of cases)
    test(`${name} is refused`, async (t) => {
      const { code, msg } = await refusedInput(t, input)
      assert.equal(code, 422)
      assert.match(msg, wanted)
    })

  test('numbers are not taken for text, nor text for numbers', async (t) => {
    const input = { prompt: 'Waves', duration: 5, aspect_ratio: '1:1', sound: false }
    const { msg } = await refusedInput(t, input, 'kling-2.6/text-to-video')
    assert.equal(msg, 'duration must be of type string')
  })

  test('a deprecated field is refused', async (t) => {
    const input = { prompt: 'A fox', image_size: '1:1' }
    assert.match((await refusedInput(t, input, 'google/nano-banana')).msg, /^image_size is not/)
  })

  test('a field outside of input is refused', async (t) => {
    const kie = await startKie(t)
    assert.match((await create(kie, { prompt: 'A fox' })).msg, /^prompt is not supported$/)
  })

  test('a callback address must be one', async (t) => {
    const kie = await startKie(t)
    for (const callBackUrl of ['', 'callbacks/kie', 'ftp://host/x', 7])
      assert.deepEqual(
        [(await create(kie, { callBackUrl })).msg, kie.control.createTaskCount()],
        ['callBackUrl is not a valid URL', 0],
      )
  })

  test('a body that is no JSON object is refused with code 400', async (t) => {
    const kie = await startKie(t)
    assert.equal((await reply(post(kie, '/api/v1/jobs/createTask', [1]))).code, 400)
  })

  test('a request that the balance does not cover gets 402, but a wrong one 422', async (t) => {
    const kie = await startKie(t)
    kie.control.credits = 0.7
    assert.equal((await create(kie)).code, 402)
    assert.equal((await create(kie, { input: {} })).code, 422)
    assert.deepEqual([kie.control.createTaskCount(), kie.control.credits], [0, 0.7])
  })

  test('a model that continues a result needs a finished task, which sets the price', async (t) => {
    const kie = await startKie(t)
    const upscale = (task_id: string) =>
      create(kie, { model: 'grok-imagine/upscale', input: { task_id, resolution: '1080p' } })
    assert.deepEqual((await upscale('unknown')).msg, 'task_id is not a finished task')
    const input = { prompt: 'Waves', duration: 6, aspect_ratio: '1:1', resolution: '720p' }
    const taskId = await finished(kie, { model: 'grok-imagine/text-to-video', input })
    assert.equal((await upscale(taskId)).code, 200)
    assert.equal(kie.control.tasks[1]?.price, 20)
  })

  test('a delisted model works, but is put on record', async (t) => {
    const kie = await startKie(t)
    const input = { prompt: 'Waves', aspect_ratio: 'landscape' }
    assert.equal((await create(kie, { model: 'sora-2-text-to-video', input })).code, 200)
    assert.deepEqual(
      kie.control.violations.map(({ kind, value }) => [kind, value]),
      [['delisted-model', 'sora-2-text-to-video']],
    )
  })
})

describe('results', () => {
  test('are kept for 14 days', async (t) => {
    let now = Date.now()
    const kie = await startKie(t, { now: () => now })
    const [url] = await resultUrls(kie, await finished(kie))
    now += 14 * 86_400_000 - 1
    assert.equal((await fetch(String(url))).status, 200)
    now += 1
    assert.equal((await fetch(String(url))).status, 404)
  })

  test('can be had by a direct link for 20 minutes', async (t) => {
    let now = Date.now()
    const kie = await startKie(t, { now: () => now })
    const [url] = await resultUrls(kie, await finished(kie))
    const link = await reply<string>(post(kie, '/api/v1/common/download-url', { url }))
    assert.equal(link.code, 200)
    assert.equal((await fetch(link.data)).headers.get('content-type'), 'image/png')
    now += 20 * 60_000
    assert.equal((await fetch(link.data)).status, 404)
  })

  test('of somebody else have no direct link', async (t) => {
    const kie = await startKie(t)
    const url = 'https://example.com/a.png'
    assert.equal((await reply(post(kie, '/api/v1/common/download-url', { url }))).code, 422)
  })

  test('come in the asked number', async (t) => {
    const kie = await startKie(t)
    const input = { prompt: 'A fox', image_size: 'square', image_resolution: '1K', max_images: 3 }
    const model = 'bytedance/seedream-v4-text-to-image'
    const taskId = await finished(kie, { model, input })
    assert.equal((await resultUrls(kie, taskId)).length, 3)
    assert.equal((await recordInfo(kie, taskId)).data.creditsConsumed, 15)
  })
})

test('the balance is a bare number', async (t) => {
  const kie = await startKie(t)
  assert.deepEqual(await reply<number>(get(kie, '/api/v1/chat/credit')), {
    code: 200,
    msg: 'success',
    data: 100_000,
  })
})
