import type { Dimensions } from './dimensions.ts'
import { between, createRandom, type Random } from './random.ts'

/** A landscape: sky, sun, stars and hills, different for every seed. */
export function drawScene(seed: string, { width, height }: Dimensions): string {
  const random = createRandom(seed)
  const hue = between(random, 0, 360)
  const drift = between(random, 30, 80) * (random() < 0.5 ? -1 : 1)
  const sun = {
    x: between(random, 0.2, 0.8) * width,
    y: between(random, 0.16, 0.36) * height,
    r: between(random, 0.07, 0.12) * Math.min(width, height) * 1.2,
  }
  const horizon = between(random, 0.42, 0.52) * height
  return [
    '<defs>',
    gradient('sky', [hsl(hue, 62, 22), hsl(hue + drift / 2, 66, 44), hsl(hue + drift, 84, 74)]),
    `<radialGradient id="glow"><stop offset="0" stop-color="#fff" stop-opacity=".9"/>`,
    `<stop offset=".35" stop-color="${hsl(hue + drift, 95, 84)}" stop-opacity=".55"/>`,
    `<stop offset="1" stop-color="${hsl(hue + drift, 95, 80)}" stop-opacity="0"/></radialGradient>`,
    '</defs>',
    `<rect width="${width}" height="${height}" fill="url(#sky)"/>`,
    stars(random, width, horizon),
    `<circle cx="${sun.x}" cy="${sun.y}" r="${sun.r * 3.2}" fill="url(#glow)"/>`,
    `<circle cx="${sun.x}" cy="${sun.y}" r="${sun.r}" fill="${hsl(hue + drift, 96, 92)}"/>`,
    ...Array.from({ length: 5 }, (_, layer) => {
      const depth = layer / 4
      const top = horizon + depth * (height - horizon) * 0.62
      const colour = hsl(hue + drift * (1 - depth), 48 - depth * 8, 58 - depth * 44)
      return hill(random, { width, height }, top, height * (0.1 - depth * 0.03), colour)
    }),
  ].join('')
}

const hsl = (hue: number, saturation: number, light: number) =>
  `hsl(${Math.round((hue + 720) % 360)},${Math.round(saturation)}%,${Math.round(light)}%)`

const gradient = (id: string, colours: readonly string[]) =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${colours
    .map((c, i) => `<stop offset="${i / (colours.length - 1)}" stop-color="${c}"/>`)
    .join('')}</linearGradient>`

const stars = (random: Random, width: number, below: number) =>
  Array.from({ length: 60 }, () => {
    const y = random() * below * 0.9
    const at = `cx="${(random() * width).toFixed(1)}" cy="${y.toFixed(1)}"`
    const fade = (1 - y / below) * between(random, 0.2, 0.9)
    const radius = between(random, 0.6, 2).toFixed(1)
    return `<circle ${at} r="${radius}" fill="#fff" fill-opacity="${fade.toFixed(2)}"/>`
  }).join('')

function hill(random: Random, size: Dimensions, top: number, swing: number, colour: string) {
  const steps = 6
  const points = Array.from({ length: steps + 1 }, (_, i) => ({
    x: (i / steps) * size.width,
    y: top + between(random, -swing, swing),
  }))
  const curve = points
    .slice(1)
    .map((p, i) => {
      const before = points[i] as { x: number; y: number }
      const middle = (before.x + p.x) / 2
      return `C${middle} ${before.y} ${middle} ${p.y} ${p.x} ${p.y}`
    })
    .join('')
  return `<path d="M0 ${points[0]?.y}${curve}V${size.height}H0Z" fill="${colour}"/>`
}
