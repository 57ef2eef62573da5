import { readFileSync } from 'node:fs'
import path from 'node:path'
import { drawChart, type Marks, type Shape } from '../../../src/machines/charts/drawing.ts'
import type { PositionedChart } from '../../../src/machines/charts/position.ts'

const CSS_FILE = path.resolve(import.meta.dirname, '../../../src/http/console/ui/chart.css')
const MARGIN = 10

/** A view as a picture that stands alone, light or dark as its reader prefers. */
export function toSvg(chart: PositionedChart, name: string, marks?: Marks): string {
  const { width, height } = chart.views[name] as { width: number; height: number }
  const box = { width: width + 2 * MARGIN, height: height + 2 * MARGIN }
  const shapes = drawChart(chart, name, marks).map((shape) => text(shape))
  const size = `width="${box.width}" height="${box.height}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" ${size}`,
    ` viewBox="${-MARGIN} ${-MARGIN} ${box.width} ${box.height}">`,
    `<style>${plainCss()}</style>`,
    `<rect class="chart-paper" x="${-MARGIN}" y="${-MARGIN}" ${size}/>`,
    ...shapes,
    '</svg>\n',
  ].join('\n')
}

function text({ tag, attrs, children }: Shape): string {
  const { tabindex: _, ...kept } = attrs
  const written = Object.entries(kept).map(([name, value]) => ` ${name}="${escaped(`${value}`)}"`)
  const inside = children.map((child) => (typeof child === 'string' ? escaped(child) : text(child)))
  const head = `<${tag}${written.join('')}`
  return inside.length === 0 ? `${head}/>` : `${head}>${inside.join('')}</${tag}>`
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (given: string) => given.replace(/[&<>"]/g, (letter) => ESCAPES[letter] as string)

/** The page's own rules, with `light-dark()`, which few viewers of pictures know, taken apart. */
function plainCss(): string {
  const css = readFileSync(CSS_FILE, 'utf8').replace(/\/\*.*?\*\/\n?/gs, '')
  const both = /light-dark\((#\w+), (#\w+)\)/g
  const dark = [...css.matchAll(/(--[\w-]+): light-dark\(#\w+, (#\w+)\);/g)]
  return [
    css.replace(both, '$1').replace(/\s+/g, ' ').trim(),
    '.chart-paper { fill: var(--chart-paper); }',
    '@media (prefers-color-scheme: dark) { .chart {',
    dark.map(([, name, colour]) => `${name}: ${colour};`).join(' '),
    '} }',
  ].join(' ')
}
