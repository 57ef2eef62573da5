import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { slugOf } from '../machines/catalogue/catalogue.ts'

const FOLDER = path.resolve(import.meta.dirname, '../../models')

/** The file of a model: `models/catalogue/` and its deep link's name. */
export const fileOf = (id: string): string => path.join(FOLDER, 'catalogue', `${slugOf(id)}.json`)

/** A model's file as it is, or undefined where there is none. */
export function readModelFile(id: string): Record<string, unknown> | undefined {
  const file = fileOf(id)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

export const writeModelFile = (id: string, json: object): void =>
  writeFileSync(fileOf(id), `${JSON.stringify(json, null, 2)}\n`)

/** Writes the table of what is on sale, where the docs are; true when it was another one. */
export function writeModelsPage(text: string): boolean {
  const file = path.resolve(FOLDER, '../docs/models.md')
  if (!existsSync(path.dirname(file))) return false
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false
  writeFileSync(file, text)
  return true
}

/** Every JSON file in a folder of saved answers, at whatever depth. */
export function savedAnswers(folder: string): unknown[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => {
      try {
        return [JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as unknown]
      } catch {
        return []
      }
    })
}
