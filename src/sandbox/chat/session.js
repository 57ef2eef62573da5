import { followChat } from './live.js'
import { createStore } from './state.js'

/** @typedef {import('./state.js').Chat} Chat */
/** @typedef {import('./state.js').User} User */
/** @typedef {{ users: User[], userId: number | null, chat: Chat, loaded: boolean,
 *   commands: import('./state.js').Command[],
 *   link: 'connecting' | 'live' | 'lost', pending: ReadonlySet<string> }} Page */

const RETRY_MS = 2_000
/** @type {Chat} */
const NO_CHAT = { messages: [], action: null }

/**
 * Who is being played and what their chat holds; the choice lives in the URL's hash, so a link, a
 * reload and the browser's back button all work.
 * @param {{ api: ReturnType<typeof import('./api.js').createApi>,
 *   onOpen: () => void, onEvent: (event: { type: string, data: any }) => void,
 *   onAnswer: (answer: { queryId: string, text?: string, alert?: boolean }) => void }} deps
 */
export function createSession({ api, onOpen, onEvent, onAnswer }) {
  const page = createStore(
    /** @type {Page} */ ({
      users: [],
      userId: null,
      chat: NO_CHAT,
      loaded: false,
      link: 'connecting',
      pending: new Set(),
      commands: [],
    }),
  )
  let unfollow = () => {}

  /** @param {number | null} userId */
  const open = (userId) => {
    unfollow()
    page.set({ userId, chat: NO_CHAT, loaded: false })
    onOpen()
    if (userId === null) return
    unfollow = followChat({
      url: api.eventsUrl(userId),
      load: () => api.chat(userId),
      onChat(chat, event) {
        page.set({ chat, loaded: true })
        if (event) onEvent(event)
      },
      onAnswer,
      onState(link) {
        page.set({ link })
        if (link === 'live') loadCommands(userId)
        // A restarted sandbox may not know this user any more.
        if (link !== 'connecting') loadUsers().then(choose, () => {})
      },
    })
  }

  const choose = () => {
    const { users, userId } = page.get()
    const wanted = Number(location.hash.slice(1))
    const next = users.find(({ id }) => id === wanted)?.id ?? users[0]?.id ?? null
    if (next !== null && next !== wanted) history.replaceState(null, '', `#${next}`)
    if (next !== userId) open(next)
  }

  const loadUsers = async () => page.set({ users: await api.users() })

  /** @param {number} userId */
  const loadCommands = async (userId) => {
    const user = page.get().users.find(({ id }) => id === userId)
    page.set({ commands: await api.commands(user?.languageCode ?? '').catch(() => []) })
  }

  const start = async () => {
    try {
      await loadUsers()
      choose()
    } catch {
      page.set({ link: 'lost' })
      setTimeout(start, RETRY_MS)
    }
  }
  // Somebody may have been added elsewhere: the list is read again before the hash is judged.
  addEventListener('hashchange', () => loadUsers().then(choose, choose))

  return {
    page,
    start,
    /** The user on this side of the chat. */
    me() {
      const { userId } = page.get()
      if (userId === null) throw new Error('Add a user first.')
      return userId
    },
    /** @param {{ firstName: string, languageCode: string }} user */
    async addUser(user) {
      const { id } = await api.addUser(user)
      location.hash = String(id)
    },
  }
}
