import { applyEvent } from './state.js'

const EVENTS = ['message', 'edited', 'deleted', 'action', 'answer', 'news']
const FIRST_RETRY_MS = 400
const LAST_RETRY_MS = 4_000

/** @typedef {import('./state.js').Chat} Chat */

/**
 * Follows one chat: every time the stream opens the whole chat is read again, so nothing that
 * happened while the server was away is missed; events that overtake that read wait for it.
 * @param {{ url: string, load: () => Promise<Chat>,
 *   onChat: (chat: Chat, event?: { type: string, data: any }) => void,
 *   onAnswer: (answer: { queryId: string, userId: number, text?: string, alert?: boolean }) => void,
 *   onNews: (news: import('./state.js').News) => void,
 *   onState: (state: 'connecting' | 'live' | 'lost', error?: any) => void }} deps
 */
export function followChat({ url, load, onChat, onAnswer, onNews, onState }) {
  /** @type {EventSource | undefined} */
  let source
  /** @type {Chat | undefined} */
  let chat
  /** @type {{ type: string, data: any }[]} */
  let early = []
  let retryMs = FIRST_RETRY_MS
  let closed = false
  /** @type {number | undefined} */
  let timer

  const connect = () => {
    const stream = new EventSource(url)
    source = stream
    chat = undefined
    early = []
    stream.onopen = () => refresh(stream)
    stream.onerror = () => retry(stream)
    for (const type of EVENTS) {
      stream.addEventListener(type, ({ data }) => receive({ type, data: JSON.parse(data) }))
    }
  }

  /** @param {EventSource} stream */
  const refresh = async (stream) => {
    try {
      const loaded = await load()
      if (source !== stream || closed) return
      chat = early.reduce(applyEvent, loaded)
      early = []
      retryMs = FIRST_RETRY_MS
      onChat(chat)
      onState('live')
    } catch (error) {
      retry(stream, error)
    }
  }

  /** @param {{ type: string, data: any }} event */
  const receive = (event) => {
    if (event.type === 'answer') onAnswer(event.data)
    else if (event.type === 'news') onNews(event.data)
    else if (!chat) early.push(event)
    else {
      chat = applyEvent(chat, event)
      onChat(chat, event)
    }
  }

  /** @param {EventSource} stream @param {unknown} [error] */
  const retry = (stream, error) => {
    // The browser's own retry gives up on an HTTP error, and a restarting server answers with one.
    stream.close()
    if (closed || source !== stream) return
    source = undefined
    onState('lost', error)
    timer = setTimeout(connect, retryMs)
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
  }

  onState('connecting')
  connect()
  return () => {
    closed = true
    clearTimeout(timer)
    source?.close()
  }
}
