import { createApi, loadConfig } from './api.js'
import { createBlockButton } from './block.js'
import { createChart } from './chart.js'
import { createComposer } from './composer.js'
import { byId } from './dom.js'
import { alertBox, createLightbox, toast } from './overlays.js'
import { createPanel } from './panel.js'
import { createChatView } from './render.js'
import { createScroll } from './scroll.js'
import { createSession } from './session.js'
import { startParameter } from './state.js'
import { createStatus } from './status.js'
import { createTaps } from './taps.js'
import { createUsersView } from './users.js'
import { createViews } from './views.js'

const config = await loadConfig()
const api = createApi()
const failed = (/** @type {unknown} */ error) =>
  toast(/** @type {Error} */ (error).message, 'error')

const status = createStatus()
const scroll = createScroll()
const session = createSession({
  api,
  onOpen() {
    taps.reset()
    composer.reset()
    block.reset()
    status.action(null)
    scroll.stick()
    views.show('chat')
  },
  onEvent({ type, data }) {
    if (type === 'message') scroll.arrived(data.from === 'user')
    if (type === 'message' || type === 'action') status.action(page.get().chat.action)
  },
  onAnswer({ queryId, text, alert }) {
    taps.answered(queryId)
    if (text) (alert ? alertBox : toast)(text)
  },
})
const { page, me } = session
const say = async (/** @type {string} */ text) => api.sendText(me(), text)

const taps = createTaps({
  send: async (messageId, data) => api.tap(me(), messageId, data),
  pay: async (messageId) => api.pay(me(), messageId),
  onRefused: alertBox,
  onChange: (pending) => page.set({ pending }),
  onSilence: () => toast('The bot did not answer this button.', 'error'),
  onError: failed,
})
const lightbox = createLightbox(() =>
  page.get().chat.messages.filter(({ media }) => media?.kind === 'photo'),
)
const chatView = createChatView({
  list: byId('messages'),
  onTap: taps.tap,
  onPay: taps.pay,
  onOpenPhoto: lightbox.open,
  onCommand: (text) => say(text).catch(failed),
  onLink(url) {
    const parameter = startParameter(url, config.botUsername)
    if (parameter === null) return false
    say(`/start ${parameter}`.trim()).catch(failed)
    return true
  },
})
const usersView = createUsersView({ onAdd: (user) => session.addUser(user).catch(failed) })
const composer = createComposer({
  commands: () => page.get().commands,
  onText: say,
  onFile: async (file, as, caption) => api.sendFile(me(), file, as, caption),
  onError: failed,
})
const block = createBlockButton({
  send: async (blocked) => api.block(me(), blocked),
  onError: failed,
})
const chart = createChart(config)
const views = createViews({ hasChart: config.consoleUrl !== null, onPanel: () => panel.refresh() })
const panel = createPanel({
  api,
  chatId: () => page.get().userId ?? undefined,
  visible: views.panelVisible,
  onError: failed,
  onDone: (text) => toast(text),
})

byId('bot-name').textContent = `@${config.botUsername}`
byId('chat-title').textContent = `@${config.botUsername}`
page.subscribe(({ users, userId, chat, loaded, link, pending }) => {
  usersView.update(users, userId)
  chart.follow(userId)
  byId('messages').setAttribute('aria-busy', String(!loaded))
  if (loaded) chatView.update(chat.messages, pending)
  else byId('messages').replaceChildren()
  status.link(link)
  document.title = `${users.find(({ id }) => id === userId)?.firstName ?? 'TRT'} · sandbox`
})
byId('skip').addEventListener('click', (event) => {
  // The hash holds the user, so the link must not change it.
  event.preventDefault()
  composer.focus()
})
panel.refresh()
await session.start()
