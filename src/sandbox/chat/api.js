/** @typedef {import('./state.js').User} User */
/** @typedef {import('./state.js').Chat} Chat */
/** @typedef {import('./state.js').Group} Group */
/** @typedef {{ userId: number, chatId: number, thread?: number | null,
 *   anonymous?: boolean }} Place who acts, in which chat, topic and name */

/**
 * The sandbox's control routes as functions; a refusal becomes an Error with the server's words.
 * The generation service's desk is reached through the page's own origin (see forward.ts).
 */
export function createApi() {
  const kie = 'sandbox/kie'
  /**
   * @param {Place} place
   * @param {string} [what]
   * @param {Record<string, string | number | undefined>} [more]
   */
  const chat = ({ userId, chatId, thread, anonymous }, what = '', more = {}) => {
    const query = new URLSearchParams({ user: String(userId) })
    if (thread) query.set('thread', String(thread))
    if (anonymous) query.set('anonymous', '1')
    for (const [name, value] of Object.entries(more)) {
      if (value !== undefined) query.set(name, String(value))
    }
    return `sandbox/chats/${chatId}${what}?${query}`
  }
  /** @param {number} id @param {string} what */
  const group = (id, what) => `sandbox/groups/${id}/${what}`
  return {
    /** @returns {Promise<User[]>} */
    users: () => request('sandbox/users'),
    /** @param {{ firstName: string, languageCode: string }} user @returns {Promise<User>} */
    addUser: (user) => request('sandbox/users', json(user)),
    /** @param {number} userId @param {number} add @returns {Promise<User>} */
    addStars: (userId, add) => request(`sandbox/users/${userId}/stars`, json({ add })),
    /** @returns {Promise<{ username: string, inline: boolean }[]>} */
    bots: () => request('sandbox/bots'),
    /** @param {number} userId @returns {Promise<Group[]>} */
    groups: (userId) => request(`sandbox/groups?${new URLSearchParams({ user: String(userId) })}`),
    /** @param {{ userId: number, title: string, kind: string, isForum: boolean }} wanted
     * @returns {Promise<Group>} */
    addGroup: (wanted) => request('sandbox/groups', json(wanted)),
    /** @param {number} id @param {number} userId @param {string} status @returns {Promise<Group>} */
    setBot: (id, userId, status) => request(group(id, 'bot'), json({ userId, status })),
    /** @param {number} id @param {number} userId @returns {Promise<Group>} */
    bringIn: (id, userId) => request(group(id, 'people'), json({ userId })),
    /** @param {number} id @param {number} userId @param {string} name
     * @returns {Promise<Group & { threadId: number }>} */
    openTopic: (id, userId, name) => request(group(id, 'topics'), json({ userId, name })),
    /** @param {Place} place @returns {Promise<Chat>} */
    chat: (place) => request(chat(place)),
    /** @param {Place} place */
    eventsUrl: (place) => chat(place, '/events', { news: 1 }),
    /** @param {Place} place @param {string} text @param {number} [replyTo] */
    sendText: (place, text, replyTo) => request(chat(place, '/text'), json({ text, replyTo })),
    /** @param {Place} place @param {number} messageId @param {string} text */
    edit: (place, messageId, text) => request(chat(place, '/edit'), json({ messageId, text })),
    /** @param {Place} place @param {number} messageId */
    remove: (place, messageId) => request(chat(place, '/delete'), json({ messageId })),
    /** @param {Place} place @param {number} messageId @param {string[]} emoji */
    react: (place, messageId, emoji) => request(chat(place, '/react'), json({ messageId, emoji })),
    /** @param {Place} place @param {{ chatId: number, messageId: number }} source */
    forward: (place, source) => request(chat(place, '/forward'), json(source)),
    /** @param {Place} place @param {string} query
     * @returns {Promise<{ queryId: string, results: { id: string, title: string,
     *   description: string }[] }>} */
    inline: (place, query) => request(chat(place, '/inline'), json({ query })),
    /** @param {Place} place @param {string} queryId @param {string} resultId */
    chooseInline: (place, queryId, resultId) =>
      request(chat(place, '/inline/choose'), json({ queryId, resultId })),
    /** @param {Place} place @param {number} messageId @param {string} data */
    tap: (place, messageId, data) => request(chat(place, '/tap'), json({ messageId, data })),
    /** @param {Place} place @param {number} messageId
     * @returns {Promise<{ status: 'paid' | 'refused' | 'cancelled', reason?: string }>} */
    pay: (place, messageId) => request(chat(place, '/pay'), json({ messageId })),
    /** @param {Place} place @param {File} file
     * @param {{ as: string, caption?: string, duration?: number, replyTo?: number }} how */
    sendFile: (place, file, how) =>
      request(chat(place, '/file', how), {
        method: 'POST',
        headers: {
          'content-type': file.type || 'application/octet-stream',
          'x-file-name': encodeURIComponent(file.name),
        },
        body: file,
      }),
    /** @param {Place} place @param {{ file: File, as: string }[]} files
     * @param {{ caption: string, replyTo?: number }} how */
    sendAlbum(place, files, { caption, replyTo }) {
      const form = new FormData()
      form.append('as', JSON.stringify(files.map(({ as }) => as)))
      form.append('caption', caption)
      for (const [index, { file }] of files.entries()) form.append(`file${index}`, file, file.name)
      return request(chat(place, '/album', { replyTo }), { method: 'POST', body: form })
    },
    /** @param {string} language @returns {Promise<import('./state.js').Command[]>} */
    commands: (language) => request(`sandbox/commands?${new URLSearchParams({ language })}`),
    /** @param {Place} place @param {boolean} blocked */
    block: (place, blocked) => request(chat(place, '/block'), json({ blocked })),
    telegramFaults: faultsAt('sandbox/faults'),
    kieFaults: faultsAt(`${kie}/faults`),
    tasks: () => request(`${kie}/tasks`),
    /** @param {string} id */
    finishTask: (id) => request(`${kie}/tasks/${encodeURIComponent(id)}/finish`, json({})),
    /** @param {string} id */
    failTask: (id) => request(`${kie}/tasks/${encodeURIComponent(id)}/fail`, json({})),
    credits: () => request(`${kie}/credits`),
    /** @param {boolean} hold */
    holdTasks: (hold) => request(`${kie}/${hold ? 'hold' : 'release'}`, json({})),
    /** @param {number} credits */
    setCredits: (credits) => request(`${kie}/credits`, json({ credits })),
  }
}

/** @param {string} url */
const faultsAt = (url) => ({
  list: () => request(url),
  /** @param {object} fault */
  arm: (fault) => request(url, json(fault)),
  clear: () => request(url, { method: 'DELETE' }),
})

/** The addresses the server hands to the page. */
export const loadConfig = () => request('sandbox/config.json')

/** @param {unknown} body @returns {RequestInit} */
const json = (body) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/**
 * @param {string} url
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function request(url, init) {
  const response = await fetch(url, init).catch(() => {
    throw new Error('The sandbox does not answer. Is it still running?')
  })
  const text = await response.text()
  const body = parsed(text)
  if (response.ok) return body
  throw Object.assign(new Error(reason(body) ?? `The sandbox refused (${response.status})`), {
    status: response.status,
  })
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** @param {any} body */
const reason = (body) =>
  typeof body === 'string' ? body.slice(0, 200) || undefined : (body?.error ?? body?.description)
