import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { secondsOf } from '../../../../src/sandbox/kie/media/duration.ts'
import { fixture, measure } from '../../../actors/media/bytes.ts'
import { isNear, RIGHT } from '../../../fixtures/media/lengths.ts'
import { finished, startKie } from '../fixture.ts'

describe("the provider's own measure", () => {
  const playing = Object.entries(RIGHT).filter(([, { seconds }]) => seconds !== undefined)

  for (const [name, { mime, seconds = 0 }] of playing) {
    test(`of ${name} is right, and agrees with the bot to the started second`, async () => {
      const own = await secondsOf(fixture(name), mime)
      assert.ok(isNear(own, seconds), `${own} s`)
      const ours = ((await measure(fixture(name))).durationMs ?? 0) / 1_000
      assert.ok(Math.abs(ours - own) < 0.1, `${ours} s and ${own} s`)
    })
  }

  test('is what orders are billed by', async (t) => {
    const kie = await startKie(t)
    const give = async (name: string) => {
      const form = new FormData()
      form.set('uploadPath', 'a')
      form.set('file', new Blob([new Uint8Array(fixture(name))]))
      const headers = { authorization: 'Bearer test-key' }
      const request = { method: 'POST', headers, body: form }
      const response = await fetch(`${kie.url}/api/file-stream-upload`, request)
      return ((await response.json()) as { data: { downloadUrl: string } }).data.downloadUrl
    }
    const film = { video_url: await give('hybrid-30s.mp4'), upscale_factor: '2' }
    await finished(kie, { model: 'topaz/video-upscale', input: film })
    const sound = { audio_url: await give('joined-62s.mp3') }
    await finished(kie, { model: 'elevenlabs/audio-isolation', input: sound })
    assert.deepEqual(
      kie.control.tasks.map(({ creditsConsumed }) => creditsConsumed),
      [30 * 8, 12.6],
    )
    const boxed = { audio_url: await give('fragmented-6s.m4a') }
    await finished(kie, { model: 'elevenlabs/audio-isolation', input: boxed })
    assert.equal(kie.control.tasks.at(-1)?.creditsConsumed, 1.4)
  })
})
