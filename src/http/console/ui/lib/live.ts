import { signal } from '@preact/signals'
import type { LiveMessages } from '../../contract.ts'
import { toQuery } from './route.ts'

/** What the page follows; the server sends counts and rates in any case. */
export interface Topics {
  machine?: string
  actor?: string
  activity?: boolean
}

export type Handlers = { [K in keyof LiveMessages]?: (message: LiveMessages[K]) => void }

export type Link = 'connecting' | 'live' | 'lost' | 'paused'

/** How the stream is; everything live on the page is only as good as this. */
export const link = signal<Link>('connecting')
/** When the server was last heard (Unix ms here); null: never. */
export const heardAt = signal<number | null>(null)
/** Grows whenever something may have been missed: what was read before has to be read again. */
export const resumed = signal(0)
/** Every second's figures of the process. */
export const rates = signal<LiveMessages['rates'] | null>(null)

const EVENTS: readonly (keyof LiveMessages)[] = ['counts', 'rates', 'actor', 'effect', 'bye']
/** Rates come every second; this long without them is no longer live, whatever the socket says. */
const SILENCE_MS = 6_000
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 5_000

interface Follower {
  topics: Topics
  handlers: Handlers
}

const followers: Follower[] = []
let source: EventSource | undefined
let url = ''
let retryMs = FIRST_RETRY_MS
let retry: ReturnType<typeof setTimeout> | undefined
let silence: ReturnType<typeof setTimeout> | undefined
let missed = false

/** Follows until the returned function is called; one stream serves the whole page. */
export function follow(topics: Topics, handlers: Handlers): () => void {
  const follower = { topics, handlers }
  followers.push(follower)
  queueMicrotask(connect)
  return () => {
    followers.splice(followers.indexOf(follower), 1)
    queueMicrotask(connect)
  }
}

/** Nobody looks at a hidden tab: its stream ends, and starts again when it is shown. */
export function followVisibility(): void {
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) connect()
    else if (followers.length > 0) {
      close()
      link.value = 'paused'
    }
  })
}

function connect(): void {
  if (followers.length === 0) close()
  if (followers.length === 0 || document.hidden) return
  const topics = Object.assign({}, ...followers.map((follower) => follower.topics)) as Topics
  const wanted = `/console/api/live${toQuery({ ...topics })}`
  if (source !== undefined && wanted === url) return
  close()
  url = wanted
  if (link.value !== 'live') link.value = 'connecting'
  const stream = new EventSource(wanted)
  source = stream
  stream.onopen = () => {
    retryMs = FIRST_RETRY_MS
    heard()
    if (missed) resumed.value += 1
    missed = false
  }
  stream.onerror = () => lost(stream)
  for (const name of EVENTS) {
    stream.addEventListener(name, (event) => {
      heard()
      receive(name, JSON.parse((event as MessageEvent<string>).data))
    })
  }
}

function receive<K extends keyof LiveMessages>(name: K, message: LiveMessages[K]): void {
  if (name === 'rates') rates.value = message as LiveMessages['rates']
  for (const { handlers } of [...followers]) handlers[name]?.(message)
}

function heard(): void {
  heardAt.value = Date.now()
  link.value = 'live'
  clearTimeout(silence)
  const stream = source
  silence = setTimeout(() => stream && lost(stream), SILENCE_MS)
}

function lost(stream: EventSource): void {
  stream.close()
  if (source !== stream) return
  close()
  link.value = 'lost'
  // The browser's own retry gives up on an HTTP error, and a restarting server answers with one.
  retry = setTimeout(connect, retryMs)
  retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
}

function close(): void {
  if (source !== undefined) missed = true
  clearTimeout(retry)
  clearTimeout(silence)
  source?.close()
  source = undefined
}
