import { modelName } from '../../../machines/labels/models.ts'
import type { SourcePicture, Task } from '../task.ts'
import { type Dimensions, dimensionsOf } from './dimensions.ts'
import { frameSize } from './frame-size.ts'
import { drawScene } from './scene.ts'
import { layOut, widthOf } from './text-lines.ts'

/** What a poster is drawn from. */
export type PosterTask = Pick<Task, 'input' | 'source' | 'entry'>

/** An SVG and its size. */
export interface Poster extends Dimensions {
  readonly svg: string
}

/** What the user wrote, or the model's task where nothing is written. */
export const promptOf = ({ input, entry }: PosterTask): string =>
  String(input.prompt ?? input.text ?? input.lyrics ?? entry.task.replaceAll('-', ' '))

/** The result as a picture: a scene or the given picture, the prompt and the model's name. */
export function drawPoster(task: PosterTask, label: string, usualRatio?: string): Poster {
  const given = task.source && dimensionsOf(task.source.bytes)
  const size = frameSize(task.input, given, usualRatio)
  const prompt = promptOf(task)
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}"`,
    ` viewBox="0 0 ${size.width} ${size.height}" font-family="DejaVu Sans">`,
    drawScene(`${prompt} ${task.entry.id} ${label}`, size),
    task.source ? embedded(task.source, size) : '',
    badge([modelName(task.entry), label].filter((part) => part !== '').join(' · '), size),
    caption(prompt, size),
    '</svg>',
  ].join('')
  return { svg, ...size }
}

const embedded = ({ mime, bytes }: SourcePicture, { width, height }: Dimensions) =>
  `<image width="${width}" height="${height}" preserveAspectRatio="xMidYMid slice" ` +
  `href="data:${mime};base64,${Buffer.from(bytes).toString('base64')}"/>` +
  `<rect x="6" y="6" width="${width - 12}" height="${height - 12}" fill="none" ` +
  'stroke="#fff" stroke-opacity=".85" stroke-width="12"/>'

function badge(text: string, { width }: Dimensions): string {
  const size = Math.max(14, Math.round(width / 44))
  const wide = Math.min(widthOf(text) * size + size * 1.6, width * 0.94)
  const at = Math.round(width * 0.03)
  return (
    `<rect x="${at}" y="${at}" width="${wide}" height="${size * 2}" rx="${size}" ` +
    'fill="#000" fill-opacity=".35"/>' +
    `<text x="${at + size * 0.8}" y="${at + size * 1.36}" font-size="${size}" fill="#fff">` +
    `${escapeXml(text)}</text>`
  )
}

function caption(text: string, { width, height }: Dimensions): string {
  const margin = Math.round(width * 0.06)
  const { size, lines } = layOut(text, { width: width - margin * 2, height: height * 0.42 })
  const step = size * 1.3
  const first = height - margin - (lines.length - 1) * step
  const shade = Math.max(0, first - size * 3)
  return [
    '<defs><linearGradient id="shade" x1="0" y1="0" x2="0" y2="1">',
    '<stop offset="0" stop-color="#000" stop-opacity="0"/>',
    '<stop offset=".45" stop-color="#000" stop-opacity=".5"/>',
    '<stop offset="1" stop-color="#000" stop-opacity=".75"/></linearGradient></defs>',
    `<rect y="${shade}" width="${width}" height="${height - shade}" fill="url(#shade)"/>`,
    `<g font-size="${size}" font-weight="bold" fill="#fff">`,
    ...lines.map(
      (l, i) => `<text x="${margin}" y="${(first + i * step).toFixed(1)}">${escapeXml(l)}</text>`,
    ),
    '</g>',
  ].join('')
}

/** XML has no way to write most control characters, so they go. */
const escapeXml = (text: string) =>
  text
    .replace(/[^\P{C}\n]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
