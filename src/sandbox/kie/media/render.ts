import { fileURLToPath } from 'node:url'
import { type RenderedImage, renderAsync } from '@resvg/resvg-js'

const fontFile = (name: string) =>
  fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))

/** Draws an SVG with the fonts of a package, so that every machine draws the same, Cyrillic too. */
export const render = (svg: string): Promise<RenderedImage> =>
  renderAsync(svg, {
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile('DejaVuSans'), fontFile('DejaVuSans-Bold')],
      defaultFontFamily: 'DejaVu Sans',
    },
  })
