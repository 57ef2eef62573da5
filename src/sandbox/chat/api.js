/** @typedef {import('./state.js').User} User */
/** @typedef {import('./state.js').Chat} Chat */

/**
 * The sandbox's control routes as functions; a refusal becomes an Error with the server's words.
 * The generation service's desk is reached through the page's own origin (see forward.ts).
 */
export function createApi() {
  const kie = 'sandbox/kie'
  /** @param {number} userId */
  const chat = (userId) => `sandbox/chats/${userId}`
  return {
    /** @returns {Promise<User[]>} */
    users: () => request('sandbox/users'),
    /** @param {{ firstName: string, languageCode: string }} user @returns {Promise<User>} */
    addUser: (user) => request('sandbox/users', json(user)),
    /** @param {number} userId @returns {Promise<Chat>} */
    chat: (userId) => request(chat(userId)),
    /** @param {number} userId */
    eventsUrl: (userId) => `${chat(userId)}/events`,
    /** @param {number} userId @param {string} text */
    sendText: (userId, text) => request(`${chat(userId)}/text`, json({ text })),
    /** @param {number} userId @param {number} messageId @param {string} data */
    tap: (userId, messageId, data) => request(`${chat(userId)}/tap`, json({ messageId, data })),
    /** @param {number} userId @param {number} messageId
     * @returns {Promise<{ status: 'paid' | 'refused' | 'cancelled', reason?: string }>} */
    pay: (userId, messageId) => request(`${chat(userId)}/pay`, json({ messageId })),
    /** @param {number} userId @param {File} file @param {string} as @param {string} caption */
    sendFile: (userId, file, as, caption) =>
      request(`${chat(userId)}/file?${new URLSearchParams({ as, caption })}`, {
        method: 'POST',
        headers: {
          'content-type': file.type || 'application/octet-stream',
          'x-file-name': encodeURIComponent(file.name),
        },
        body: file,
      }),
    /** @param {string} language @returns {Promise<import('./state.js').Command[]>} */
    commands: (language) => request(`sandbox/commands?${new URLSearchParams({ language })}`),
    /** @param {number} userId @param {boolean} blocked */
    block: (userId, blocked) => request(`${chat(userId)}/block`, json({ blocked })),
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
