import type { Dimensions } from './dimensions.ts'

const LONG_SIDE = 1024

const presets: Record<string, string> = {
  square: '1:1',
  square_hd: '1:1',
  portrait_4_3: '3:4',
  portrait_3_2: '2:3',
  portrait_16_9: '9:16',
  landscape_4_3: '4:3',
  landscape_3_2: '3:2',
  landscape_16_9: '16:9',
  landscape_21_9: '21:9',
  portrait: '9:16',
  landscape: '16:9',
}

/** The asked shape, else the given picture's, else the usual one; 1024 px on its long side. */
export function frameSize(
  input: Readonly<Record<string, unknown>>,
  source: Dimensions | undefined,
  usual = '1:1',
): Dimensions {
  const asked = String(input.aspect_ratio ?? input.image_size ?? '')
  const ratio = presets[asked] ?? asked
  if (/^\d+:\d+$/.test(ratio)) return fit(ratio)
  return fit(source ? `${source.width}:${source.height}` : usual)
}

function fit(ratio: string): Dimensions {
  const [w, h] = ratio.split(':').map(Number) as [number, number]
  const scale = LONG_SIDE / Math.max(w, h)
  return { width: Math.round(w * scale), height: Math.round(h * scale) }
}
