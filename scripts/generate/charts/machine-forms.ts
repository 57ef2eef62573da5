import { toChart } from '../../../src/machines/charts/chart.ts'
import { EXPORTS } from '../../../src/machines/charts/export.ts'
import type { PositionedChart } from '../../../src/machines/charts/position.ts'
import { toHtml } from './html.ts'
import type { LoadedMachine } from './load-machines.ts'
import { position } from './position.ts'
import { toSvg } from './svg.ts'

/** How a machine can be written, with the ends of the files' names. */
export const FORMS = {
  svg: 'svg',
  html: 'html',
  mermaid: 'mmd',
  scxml: 'scxml',
  stately: 'stately.ts',
  json: 'json',
} as const

export type Form = keyof typeof FORMS

export const isForm = (name: string): name is Form => Object.hasOwn(FORMS, name)

/** A machine from a file in the forms that are asked for; laid out once, if one of them needs it. */
export async function formsOf(
  file: string,
  loaded: LoadedMachine,
  forms: readonly Form[],
): Promise<Partial<Record<Form, string>>> {
  const chart = toChart(loaded.machine)
  let laid: Promise<PositionedChart> | undefined
  const positioned = () => {
    laid ??= position(chart)
    return laid
  }
  const write = async (form: Form): Promise<string> => {
    switch (form) {
      case 'svg':
        return toSvg(await positioned(), 'full')
      case 'html':
        return toHtml(file, loaded, await positioned())
      case 'json': {
        const { views } = await positioned()
        return `${JSON.stringify({ ...chart, views }, null, 1)}\n`
      }
      default:
        return `${EXPORTS[form](chart).trimEnd()}\n`
    }
  }
  const written: Partial<Record<Form, string>> = {}
  for (const form of forms) written[form] = await write(form)
  return written
}
