import { followChat } from './live.js'
import { createStore, placeOf } from './state.js'

/** @typedef {import('./state.js').Chat} Chat */
/** @typedef {import('./state.js').User} User */
/** @typedef {import('./state.js').Group} Group */
/** @typedef {{ users: User[], userId: number | null, chatId: number | null, groups: Group[],
 *   chat: Chat, loaded: boolean, moving: boolean, commands: import('./state.js').Command[],
 *   link: 'connecting' | 'live' | 'lost', pending: ReadonlySet<string>,
 *   unread: ReadonlyMap<number, number>, thread: number | null, anonymous: boolean }} Page */

const RETRY_MS = 2_000
/** @type {Chat} */
const NO_CHAT = { messages: [], action: null }

/**
 * Who is being played, which of their chats is open and what it holds; the choice lives in the
 * URL's hash, so a link, a reload and the browser's back button all work.
 * @param {{ api: ReturnType<typeof import('./api.js').createApi>,
 *   onOpen: () => void, onEvent: (event: { type: string, data: any }) => void,
 *   onAnswer: (answer: { queryId: string, text?: string, alert?: boolean }) => void,
 *   onNews: (news: import('./state.js').News) => void }} deps
 */
export function createSession({ api, onOpen, onEvent, onAnswer, onNews }) {
  const page = createStore(
    /** @type {Page} */ ({
      users: [],
      userId: null,
      chatId: null,
      groups: [],
      chat: NO_CHAT,
      loaded: false,
      moving: false,
      link: 'connecting',
      pending: new Set(),
      commands: [],
      unread: new Map(),
      thread: null,
      anonymous: false,
    }),
  )
  let unfollow = () => {}
  /** What waits for a chat to open. @type {{ hash: string, act: () => void } | undefined} */
  let onceThere

  /** @param {number} chatId @param {number} by how many; 0 forgets all */
  const count = (chatId, by) => {
    const unread = new Map(page.get().unread)
    if (by) unread.set(chatId, (unread.get(chatId) ?? 0) + by)
    else unread.delete(chatId)
    page.set({ unread })
  }

  /** @param {number | null} userId @param {number | null} chatId */
  const open = (userId, chatId) => {
    unfollow()
    page.set({
      userId,
      chatId,
      chat: NO_CHAT,
      loaded: false,
      thread: null,
      anonymous: false,
    })
    onOpen()
    if (userId === null || chatId === null) return
    count(chatId, 0)
    const place = { userId, chatId }
    unfollow = followChat({
      url: api.eventsUrl(place),
      load: () => api.chat(place),
      onChat(chat, event) {
        page.set({ chat, loaded: true })
        if (event?.data.service) loadGroups()
        if (event) onEvent(event)
      },
      onAnswer(answer) {
        if (answer.userId === userId) onAnswer(answer)
      },
      onNews(news) {
        count(news.chatId, 1)
        onNews(news)
      },
      onState(link) {
        page.set({ link })
        if (link === 'live') loadCommands(userId)
        // A restarted sandbox may not know this user any more.
        if (link !== 'connecting') look().catch(() => {})
      },
    })
  }

  /**
   * Goes where the address says. It is read before the list of users is: whoever stands in it was
   * added before, so a list that lacks them is right. An address that was changed meanwhile is
   * looked at by itself.
   */
  const look = async () => {
    const { hash: wantedHash } = location
    await loadUsers()
    if (location.hash !== wantedHash) return
    const { users } = page.get()
    const wanted = placeOf(wantedHash)
    const next = users.find(({ id }) => id === wanted.userId)?.id ?? users[0]?.id ?? null
    const groups = next === null ? [] : await api.groups(next).catch(() => page.get().groups)
    if (location.hash !== wantedHash) return
    const { userId, chatId } = page.get()
    page.set({ groups, moving: false })
    const group = groups.find(({ id }) => id === wanted.groupId)
    const nextChat = group && next === wanted.userId ? group.id : next
    const hash = nextChat === next ? `#${next}` : `#${next}/${nextChat}`
    if (next !== null && hash !== location.hash) history.replaceState(null, '', hash)
    if (next !== userId || nextChat !== chatId) open(next, nextChat)
    if (onceThere?.hash === wantedHash) onceThere.act()
    onceThere = undefined
  }
  /** Looks until there is an answer. */
  const go = async () => {
    try {
      await look()
    } catch {
      // Of a chat that is open its own stream tells.
      if (page.get().chatId === null) page.set({ link: 'lost' })
      setTimeout(go, RETRY_MS)
    }
  }

  let newest = Promise.resolve()
  /** An older list may lack who was added meanwhile: whoever asked for it waits for the newest. */
  const loadUsers = () => {
    const mine = (async () => {
      const users = await api.users()
      if (newest !== mine) return newest
      page.set({ users })
    })()
    newest = mine
    return mine
  }
  const loadGroups = async () => {
    const { userId } = page.get()
    if (userId === null) return
    const groups = await api.groups(userId).catch(() => [])
    if (page.get().userId === userId) page.set({ groups })
  }

  /** @param {number} userId */
  const loadCommands = async (userId) => {
    const user = page.get().users.find(({ id }) => id === userId)
    const commands = await api.commands(user?.languageCode ?? '').catch(() => [])
    if (page.get().userId === userId) page.set({ commands })
  }

  addEventListener('hashchange', () => {
    // What is written from now on is not meant for the chat before.
    page.set({ moving: true })
    go()
  })

  /** The user on this side of the chat, and where they speak. */
  const here = () => {
    const { userId, chatId, thread, anonymous } = page.get()
    if (userId === null || chatId === null) throw new Error('Add a user first.')
    return { userId, chatId, thread, anonymous }
  }

  return {
    page,
    start: go,
    here,
    loadUsers,
    loadGroups,
    /** The group that is open, undefined in a chat with the bot. */
    group: () => page.get().groups.find(({ id }) => id === page.get().chatId),
    /** The user who is being played. */
    me: () => page.get().users.find(({ id }) => id === page.get().userId),
    /** @param {{ firstName: string, languageCode: string }} user */
    async addUser(user) {
      const { id } = await api.addUser(user)
      location.hash = String(id)
    },
    /** @param {{ title: string, kind: string, isForum: boolean }} wanted */
    async addGroup(wanted) {
      const { userId } = here()
      const { id } = await api.addGroup({ userId, ...wanted })
      location.hash = `${userId}/${id}`
    },
    /**
     * Goes to a chat of the user who is being played, or to another user.
     * @param {number} chatId
     * @param {() => void} [then] what is done once that chat is open
     */
    goTo(chatId, then) {
      const hash = chatId > 0 ? `#${chatId}` : `#${here().userId}/${chatId}`
      if (hash === location.hash && !page.get().moving) return then?.()
      onceThere = then && { hash, act: then }
      location.hash = hash
    },
  }
}
