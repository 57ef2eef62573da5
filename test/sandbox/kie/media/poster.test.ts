import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { modelById } from '../../../../src/machines/catalogue/catalogue.ts'
import { dimensionsOf } from '../../../../src/sandbox/kie/media/dimensions.ts'
import { drawPoster } from '../../../../src/sandbox/kie/media/poster.ts'
import { render } from '../../../../src/sandbox/kie/media/render.ts'

const entry = modelById('z-image')
if (!entry) throw new Error('The catalogue has no z-image.')

const pixelsOf = async (prompt: string, source?: Uint8Array) => {
  const input = { prompt, aspect_ratio: '1:1' }
  const given = source && { mime: 'image/png', bytes: source }
  return render(drawPoster({ entry, input, source: given }, '').svg, 0.25)
}

/** A single letter alone: what it looks like, and how much of it there is. */
async function inked(letter: string) {
  const open = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" '
  const svg = `${open} font-family="DejaVu Sans">`
  const { pixels } = await render(`${svg}<text y="30" font-size="30">${letter}</text></svg>`)
  const ink = pixels.filter((_, i) => i % 4 === 3).reduce((sum, alpha) => sum + alpha, 0)
  return { ink, hash: createHash('sha256').update(pixels).digest('hex') }
}

/** How many pixels differ clearly between two pictures of equal size. */
const difference = (a: Buffer, b: Buffer) => {
  let count = 0
  for (let i = 0; i < a.length; i += 4)
    if (Math.abs((a[i] as number) - (b[i] as number)) > 64) count += 1
  return count
}

/** Pixels of pure text colour in the lower half. */
const whites = (rgba: Buffer) => {
  let count = 0
  for (let i = rgba.length / 2; i < rgba.length; i += 4)
    if (Math.min(rgba[i] as number, rgba[i + 1] as number, rgba[i + 2] as number) > 240) count += 1
  return count
}

describe('posters', () => {
  for (const [ratio, width, height] of [
    ['1:1', 1024, 1024],
    ['16:9', 1024, 576],
    ['9:16', 576, 1024],
    ['4:3', 1024, 768],
  ] as const)
    test(`have the asked shape ${ratio}`, async () => {
      const input = { prompt: 'Рыжий кот', aspect_ratio: ratio }
      const png = (await render(drawPoster({ entry, input, source: undefined }, '').svg)).asPng()
      assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47])
      assert.deepEqual(dimensionsOf(png), { width, height })
    })

  test('understand size presets', () => {
    const input = { prompt: 'Рыжий кот', image_size: 'portrait_16_9' }
    const { width, height } = drawPoster({ entry, input, source: undefined }, '')
    assert.deepEqual([width, height], [576, 1024])
  })

  test('show Cyrillic letters, each in its own shape', async () => {
    // A font without these letters would draw the same box, or nothing, for all of them.
    const drawn = await Promise.all([...'ЖШЁыщ '].map(async (letter) => (await inked(letter)).hash))
    assert.equal(new Set(drawn).size, 6)
    assert.ok((await inked('Ж')).ink > (await inked(' ')).ink)
  })

  test('carry the prompt in white letters', async () => {
    const [long, short] = await Promise.all(['Рыжий кот в лесу', 'Я'].map((p) => pixelsOf(p)))
    assert.ok(long && short && whites(long.pixels) > whites(short.pixels) + 100)
  })

  test('differ from prompt to prompt', async () => {
    const [a, b] = await Promise.all([pixelsOf('A red fox'), pixelsOf('A blue whale')])
    assert.ok(difference(a.pixels, b.pixels) > 1_000)
  })

  test('show the given picture behind the prompt, in its shape when none is asked', async () => {
    const green = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">'
    const source = (
      await render(`${green}<rect width="300" height="200" fill="#0f0"/></svg>`)
    ).asPng()
    const { pixels, width } = await pixelsOf('Add a hat', source)
    const middle = ((width / 2) * width * 0.6 + width / 2) & ~3
    const [red, greenest, blue] = pixels.subarray(middle, middle + 3)
    assert.ok(red === 0 && Number(greenest) > 150 && blue === 0, 'the picture is not there')
    const given = { mime: 'image/png', bytes: source }
    const poster = drawPoster({ entry, input: { prompt: 'Add a hat' }, source: given }, '')
    assert.deepEqual([poster.width, poster.height], [1024, 683])
  })

  test('survive mark-up, control characters, emoji and endless prompts', async () => {
    for (const prompt of [
      '<b>&"\u0000\u0007</b>',
      '🦊🌲',
      'слово '.repeat(1_000),
      'x'.repeat(5_000),
    ])
      assert.equal((await pixelsOf(prompt)).width, 256)
  })
})
