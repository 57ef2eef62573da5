import { accessSync, constants } from 'node:fs'

/** From Debian's packages; the headless shell does the same pages for half of the CPU time. */
const USUAL = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
] as const

/** The file of a Chromium that can be run: CHROMIUM_PATH, else a usual one; undefined: there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return [env.CHROMIUM_PATH ?? '', ...USUAL].find((file) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
