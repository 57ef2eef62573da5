import { randomBytes } from 'node:crypto'

/** How long KIE keeps what it made (https://docs.kie.ai/1973359m0.md, section 6). */
export const RESULT_LIFE_MS = 14 * 24 * 3_600_000
/** How long a link from download-url works (https://docs.kie.ai/common-api/download-url). */
export const DIRECT_LINK_LIFE_MS = 20 * 60_000

/** A file made for a task. */
export interface ResultFile {
  readonly bytes: Uint8Array
  readonly mime: string
  readonly extension: string
}

/** The files that tasks have produced, under unguessable addresses. */
export interface ResultFiles {
  put(file: ResultFile): string
  /** By the name after `/files/`; undefined when unknown or too old. */
  get(name: string): ResultFile | undefined
  /** A short-lived link to a file of ours; undefined when the address is not ours. */
  direct(url: string): string | undefined
  getDirect(token: string): ResultFile | undefined
}

/** Keeps results in memory: they are small, and the sandbox ends with its process. */
export function createResultFiles(deps: { now: () => number; ownUrl: () => string }): ResultFiles {
  const files = new Map<string, ResultFile & { at: number }>()
  const links = new Map<string, { name: string; at: number }>()
  const unguessable = () => randomBytes(16).toString('hex')
  const get = (name: string) => {
    const found = files.get(name)
    return found && deps.now() - found.at < RESULT_LIFE_MS ? found : undefined
  }
  return {
    put(file) {
      const name = `${unguessable()}.${file.extension}`
      files.set(name, { ...file, at: deps.now() })
      return `${deps.ownUrl()}/files/${name}`
    },
    get,
    direct(url) {
      const prefix = `${deps.ownUrl()}/files/`
      const name = url.startsWith(prefix) ? url.slice(prefix.length) : undefined
      if (name === undefined || !get(name)) return undefined
      const token = unguessable()
      links.set(token, { name, at: deps.now() })
      return `${deps.ownUrl()}/direct/${token}/${name}`
    },
    getDirect(token) {
      const link = links.get(token)
      return link && deps.now() - link.at < DIRECT_LINK_LIFE_MS ? get(link.name) : undefined
    },
  }
}
