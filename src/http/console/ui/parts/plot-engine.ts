import uPlot from 'uplot'

export interface Line {
  label: string
  /** Custom property that holds its colour. */
  colour: string
  fill?: boolean
}

/** Draws into `element` with the colours that the page has now. */
export function createPlot(
  element: HTMLElement,
  lines: readonly Line[],
  data: uPlot.AlignedData,
  height: number,
): uPlot {
  const { fontFamily } = getComputedStyle(element)
  const colour = (name: string) => resolved(element, name)
  const axis: uPlot.Axis = {
    stroke: colour('--ink-soft'),
    font: `11px ${fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  return new uPlot(
    {
      width: Math.max(80, element.clientWidth),
      height,
      // Half of a time's width: the last one is centred on the right end.
      padding: [8, 30, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.15)] } },
      axes: [
        {
          ...axis,
          size: 22,
          space: 70,
          values: (_plot, splits) =>
            splits.map((at) => new Date(at * 1_000).toTimeString().slice(0, 8)),
        },
        {
          ...axis,
          size: 34,
          space: 32,
          values: (_plot, splits) =>
            splits.map((value) => (Number.isInteger(value) ? String(value) : '')),
        },
      ],
      series: [
        {},
        ...lines.map(({ label, colour: name, fill }) => ({
          label,
          stroke: colour(name),
          width: 1.5,
          points: { show: false },
          ...(fill ? { fill: faint(colour(name)) } : {}),
        })),
      ],
    },
    data,
    element,
  )
}

/** A canvas knows no custom properties: the browser works the colour out on a hidden element. */
function resolved(element: HTMLElement, name: string): string {
  const probe = document.createElement('i')
  probe.style.color = `var(${name})`
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

const faint = (rgb: string) => rgb.replace(/^rgb\((.+)\)$/, 'rgba($1, 0.14)')
