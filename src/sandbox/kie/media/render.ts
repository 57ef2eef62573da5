import { fileURLToPath } from 'node:url'
import { type RenderedImage, renderAsync } from '@resvg/resvg-js'

const fontFile = (name: string) =>
  fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))

/**
 * Draws an SVG with the fonts of a package, so that every machine draws the same, Cyrillic too;
 * `scale` makes it smaller or larger than it says it is.
 */
export const render = (svg: string, scale = 1): Promise<RenderedImage> =>
  renderAsync(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile('DejaVuSans'), fontFile('DejaVuSans-Bold')],
      defaultFontFamily: 'DejaVu Sans',
    },
  })
