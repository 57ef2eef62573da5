import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileTypeFromBuffer } from 'file-type'
import { chromium } from 'playwright-core'
import { findChromium } from '../../../../src/bench/chromium.ts'
import { secondsOf } from '../../../../src/sandbox/kie/media/duration.ts'
import { markOf } from '../../../../src/sandbox/kie/media/mark.ts'
import { playWav } from '../../../../src/sandbox/kie/media/wav.ts'
import { finished, resultUrls, startKie } from '../fixture.ts'

const browserPath = findChromium()

const cases = [
  {
    what: 'a JPEG',
    model: 'google/nano-banana',
    input: { prompt: 'A fox', aspect_ratio: '4:3', output_format: 'jpeg' },
    mime: 'image/jpeg',
    seen: { width: 1024, height: 768, seconds: 0 },
  },
  {
    what: 'a film of the asked length',
    model: 'kling-2.6/text-to-video',
    input: { prompt: 'A fox', aspect_ratio: '9:16', duration: '10', sound: false },
    mime: 'video/mp4',
    seen: { width: 360, height: 640, seconds: 10 },
  },
  {
    what: 'a tune',
    model: 'elevenlabs/text-to-speech-turbo-2-5',
    input: { text: 'Hello brave new world' },
    mime: 'audio/mpeg',
    seen: { width: 0, height: 0, seconds: 1 },
  },
  {
    what: 'a sound without compression',
    model: 'elevenlabs/sound-effect-v2',
    input: { text: 'Rain', duration_seconds: 2, output_format: 'pcm_16000' },
    mime: 'audio/wav',
    seen: { width: 0, height: 0, seconds: 2 },
  },
]

/** Runs in the page: lets the browser's own decoders judge the file. */
const look = `async ({ data, mime }) => {
  const blob = new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type: mime })
  if (mime.startsWith('image/')) {
    const { width, height } = await createImageBitmap(blob)
    return { width, height, seconds: 0 }
  }
  if (mime.startsWith('audio/')) {
    const sound = await new AudioContext().decodeAudioData(await blob.arrayBuffer())
    const loudest = sound.getChannelData(0).reduce((max, v) => Math.max(max, Math.abs(v)), 0)
    return { width: 0, height: 0, seconds: loudest > 0.05 ? Math.round(sound.duration) : -1 }
  }
  const video = document.createElement('video')
  video.src = URL.createObjectURL(blob)
  await new Promise((resolve, reject) => {
    video.onloadeddata = () => { video.currentTime = video.duration / 2 }
    video.onseeked = resolve
    video.onerror = () => reject(new Error(video.error.message))
  })
  return { width: video.videoWidth, height: video.videoHeight, seconds: video.duration }
}`

describe('results of other kinds', () => {
  test('are what they are called', async (t) => {
    const kie = await startKie(t)
    for (const { what, model, input, mime } of cases) {
      const [url] = await resultUrls(kie, await finished(kie, { model, input }))
      const response = await fetch(String(url))
      assert.equal(response.headers.get('content-type'), mime, what)
      const type = await fileTypeFromBuffer(new Uint8Array(await response.arrayBuffer()))
      assert.equal(type?.mime, mime, what)
    }
  })

  test('pictures name their task in their metadata, and nothing else does', async (t) => {
    const kie = await startKie(t)
    const ask = async (input: Record<string, unknown>) => {
      const model = 'google/nano-banana'
      const [url] = await resultUrls(kie, await finished(kie, { model, input }))
      const bytes = new Uint8Array(await (await fetch(String(url))).arrayBuffer())
      return { bytes, taskId: kie.control.tasks.at(-1)?.taskId }
    }
    for (const format of ['jpeg', 'png']) {
      const { bytes, taskId } = await ask({ prompt: 'A fox', output_format: format })
      assert.equal(markOf(bytes), `${taskId}/0`, format)
      assert.equal(markOf(bytes.subarray(200)), undefined)
    }
  })

  test('speech to text answers with words', async (t) => {
    const kie = await startKie(t)
    const input = { audio_url: 'https://example.com/a.mp3' }
    await finished(kie, { model: 'elevenlabs/speech-to-text', input })
    assert.equal(typeof kie.control.tasks[0]?.result?.object?.text, 'string')
    assert.deepEqual(kie.control.tasks[0]?.result?.urls, [])
  })

  test('are as long as what was given, and so is the price', async (t) => {
    const kie = await startKie(t)
    const give = async (bytes: Uint8Array) => {
      const form = new FormData()
      form.set('uploadPath', 'a')
      form.set('file', new Blob([new Uint8Array(bytes)]))
      const headers = { authorization: 'Bearer test-key' }
      const request = { method: 'POST', headers, body: form }
      const response = await fetch(`${kie.url}/api/file-stream-upload`, request)
      return ((await response.json()) as { data: { downloadUrl: string } }).data.downloadUrl
    }
    const input = { audio_url: await give(playWav('said', 12.4)) }
    await finished(kie, { model: 'elevenlabs/speech-to-text', input })
    await finished(kie, { model: 'elevenlabs/audio-isolation', input })
    const [words, sound] = kie.control.tasks
    assert.equal(String(words?.result?.object?.text).match(/said/g)?.length, 4)
    assert.equal(words?.creditsConsumed, 0.758)
    assert.equal(sound?.creditsConsumed, 2.6)
    const made = new Uint8Array(await (await fetch(String(sound?.result?.urls[0]))).arrayBuffer())
    assert.equal(Math.round((await secondsOf(made, 'audio/wav')) * 10), 124)
  })

  test('play in a browser', { skip: !browserPath && 'no Chromium here' }, async (t) => {
    const kie = await startKie(t)
    const browser = await chromium.launch({
      executablePath: String(browserPath),
      args: ['--no-sandbox'],
    })
    t.after(() => browser.close())
    const page = await browser.newPage()
    for (const { what, model, input, mime, seen } of cases) {
      const [url] = await resultUrls(kie, await finished(kie, { model, input }))
      const data = Buffer.from(await (await fetch(String(url))).arrayBuffer()).toString('base64')
      assert.deepEqual(
        await page.evaluate(`(${look})(${JSON.stringify({ data, mime })})`),
        seen,
        what,
      )
    }
  })
})
