import type { Chart } from '../../../machines/charts/chart.ts'
import { toMermaid } from '../../../machines/charts/mermaid.ts'

/** A PNG has this many dots a pixel, unless that is more than browsers draw. */
const DENSITY = 2
const MOST_DOTS = 12_000

/** The chart as it is shown, as a file. */
export function ChartDownloads(props: { chart: Chart; view: string; svg: () => Element | null }) {
  const { chart, view, svg } = props
  const name = `${chart.id}-${view}`.replace(/[^\w.-]/g, '_')
  const picture = () => {
    const element = svg()
    return element === null ? '' : standalone(element)
  }
  const forms = {
    SVG: async () => save(new Blob([picture()], { type: 'image/svg+xml' }), `${name}.svg`),
    PNG: async () => save(await rasterized(picture()), `${name}.png`),
    Mermaid: async () => save(new Blob([toMermaid(chart)], { type: 'text/plain' }), `${name}.mmd`),
  }
  return (
    <select
      class="chart-save"
      aria-label="Download the chart"
      value=""
      onChange={({ currentTarget }) => {
        const form = currentTarget.value as keyof typeof forms | ''
        currentTarget.value = ''
        if (form !== '') void forms[form]()
      }}
    >
      <option value="">Save</option>
      {Object.keys(forms).map((form) => (
        <option key={form}>{form}</option>
      ))}
    </select>
  )
}

function save(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** The drawing with the rules that colour it, in the colours of now. */
function standalone(element: Element): string {
  const copy = element.cloneNode(true) as SVGSVGElement
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  const rules = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .map((rule) => rule.cssText)
    .filter(
      (text) => /\.chart\b|\.chart-/.test(text) && !/\.chart-(frame|scroll|tools|map)/.test(text),
    )
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style')
  style.textContent = [
    `.chart { color-scheme: ${getComputedStyle(element).colorScheme}; }`,
    ...rules,
  ].join('\n')
  copy.prepend(style)
  return new XMLSerializer().serializeToString(copy)
}

async function rasterized(svg: string): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const density = Math.min(DENSITY, MOST_DOTS / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(image.width * density)
  canvas.height = Math.ceil(image.height * density)
  const context = canvas.getContext('2d') as CanvasRenderingContext2D
  context.scale(density, density)
  context.drawImage(image, 0, 0)
  return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob as Blob)))
}
