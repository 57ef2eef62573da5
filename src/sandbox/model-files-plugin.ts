import { globSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'esbuild'
import { readModelFiles } from '../../models/files.ts'
import { isPriceSound } from '../machines/catalogue/usable-facts.ts'

const FOLDER = path.resolve(import.meta.dirname, '../../models')

function checkedFiles() {
  const files = readModelFiles(FOLDER)
  const catalogue = files.catalogue.map((file) => ({
    ...file,
    isPriceSound: isPriceSound(file.json),
  }))
  return { ...files, catalogue }
}

/**
 * Puts the data of the `models` folder in the place of the module that reads it: a bundle carries
 * the files as they are when it is built, and needs no folder beside it. As one text that is parsed,
 * which V8 does faster than it reads the same as code. What the build can check of them it checks.
 */
export const modelFilesPlugin: Plugin = {
  name: 'model-files',
  setup(build) {
    build.onLoad({ filter: /[\\/]models[\\/]files\.ts$/ }, () => ({
      contents: `export const modelFiles = JSON.parse(${JSON.stringify(JSON.stringify(checkedFiles()))})`,
      loader: 'js',
      watchFiles: globSync('**/*.json', { cwd: FOLDER }).map((file) => path.join(FOLDER, file)),
    }))
  },
}
