import { createApi, loadConfig } from './api.js'
import { createBlockButton } from './block.js'
import { createChart } from './chart.js'
import { createChatPicker } from './chat-picker.js'
import { createComposer } from './composer.js'
import { byId, icon } from './dom.js'
import { createGroupBar } from './group-bar.js'
import { createInline } from './inline.js'
import { createMessageMenu } from './menu.js'
import { alertBox, createLightbox, forgetNews, newsToast, toast } from './overlays.js'
import { createPanel } from './panel.js'
import { createPaymentSheet } from './payment-sheet.js'
import { createChatView } from './render.js'
import { createScroll } from './scroll.js'
import { createSession } from './session.js'
import { startParameter } from './state.js'
import { createStatus } from './status.js'
import { createTaps } from './taps.js'
import { createUsersView } from './users.js'
import { createViews } from './views.js'
import { createVoice } from './voice.js'

const config = await loadConfig()
const api = createApi()
const bots = await api.bots().catch(() => [])
const isInline = bots.some(({ username, inline }) => username === config.botUsername && inline)
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
    menu.close()
    forgetNews()
    status.action(null)
    scroll.stick()
  },
  onEvent({ type, data }) {
    if (type === 'message')
      scroll.arrived(data.sender ? data.sender.id === page.get().userId : data.from === 'user')
    if (type === 'message' || type === 'action') status.action(page.get().chat.action)
  },
  onAnswer({ queryId, text, alert }) {
    taps.answered(queryId)
    if (text) (alert ? alertBox : toast)(text)
  },
  onNews: (news) => newsToast(news, () => session.goTo(news.chatId)),
})
const { page, here } = session
/** @param {string} text */
const copy = async (text) => {
  await navigator.clipboard.writeText(text)
  toast('Copied')
}

const taps = createTaps({
  send: async (messageId, data) => api.tap(here(), messageId, data),
  pay: async (messageId) => api.pay(here(), messageId),
  onPaid: () => toast('Payment completed ⭐'),
  onRefused: alertBox,
  onChange: (pending) => page.set({ pending }),
  onSilence: () => toast('The bot did not answer this button.', 'error'),
  onError: failed,
})
const sheet = createPaymentSheet({
  stars: () => session.me()?.stars ?? 0,
  onTopUp: async (stars) => {
    await api.addStars(here().userId, stars)
    await session.loadUsers()
  },
  onError: failed,
})
const lightbox = createLightbox(() =>
  page.get().chat.messages.filter(({ media }) => media?.kind === 'photo'),
)
const picker = createChatPicker({
  choices: () => [
    { id: here().userId, title: `@${config.botUsername}`, detail: 'Chat with the bot' },
    ...page.get().groups.map(({ id, title, kind }) => ({ id, title, detail: kind })),
  ],
})
/** @param {number} chatId */
const placeIn = (chatId) => ({ userId: here().userId, chatId })
const menu = createMessageMenu({
  reply: (message) => composer.reply(message),
  edit: (message) => composer.edit(message),
  copy: (message) => copy(message.text ?? message.caption ?? '').catch(failed),
  remove: (message) => api.remove(here(), message.id).catch(failed),
  react: (message, emoji) => api.react(here(), message.id, emoji ? [emoji] : []).catch(failed),
  forward(message) {
    const source = { chatId: here().chatId, messageId: message.id }
    picker.open('Forward to…', (chatId) => {
      const done = chatId === source.chatId ? Promise.resolve() : null
      api
        .forward(placeIn(chatId), source)
        .then(() => done ?? session.goTo(chatId))
        .catch(failed)
    })
  },
})
const chatView = createChatView({
  list: byId('messages'),
  onTap: taps.tap,
  async onPay({ id, invoice }) {
    if (!invoice) return
    await session.loadUsers().catch(failed)
    if (await sheet.ask(invoice)) taps.pay(id)
  },
  onCopy: (text) => copy(text).catch(failed),
  onInline(query, isHere) {
    const words = `@${config.botUsername} ${query}`
    if (isHere) return composer.write(words)
    picker.open('Send it to…', (chatId) => {
      // The box is emptied when another chat opens.
      session.goTo(chatId, () => composer.write(words))
    })
  },
  onReact: (message, emoji) => api.react(here(), message.id, emoji ? [emoji] : []).catch(failed),
  onOpenPhoto: lightbox.open,
  onCommand: (text) => api.sendText(here(), text).catch(failed),
  onMenu: (message, where) => menu.open(message, { ...where, me: page.get().userId }),
  onLink(url) {
    const parameter = startParameter(url, config.botUsername)
    if (parameter === null) return false
    const { userId } = here()
    if (here().chatId !== userId) session.goTo(userId)
    api.sendText(placeIn(userId), `/start ${parameter}`.trim()).catch(failed)
    return true
  },
})
const usersView = createUsersView({
  onAdd: (user) => session.addUser(user).catch(failed),
  onAddGroup: (group) => session.addGroup(group).catch(failed),
})
const inline = createInline({
  botUsername: config.botUsername,
  isOn: () => isInline,
  ask: async (query) => api.inline(here(), query),
  choose: async (queryId, resultId) => api.chooseInline(here(), queryId, resultId),
  onChosen: () => composer.write(''),
  onError: failed,
})
const composer = createComposer({
  place: here,
  onText: api.sendText,
  onEdit: api.edit,
  async onFiles(place, files, how) {
    const [first] = files
    if (files.length > 1) return api.sendAlbum(place, files, how)
    return first && api.sendFile(place, first.file, { as: first.as, ...how })
  },
  onTyped: (text) => inline.typed(text),
  onError: failed,
})
createVoice({
  onVoice: async (file, duration) => api.sendFile(here(), file, { as: 'voice', duration }),
  onError: failed,
})
const block = createBlockButton({
  send: async (blocked) => api.block(here(), blocked),
  onError: failed,
})
/** @param {Promise<unknown>} done */
const andLookAgain = (done) => done.then(session.loadGroups).catch(failed)
const groupBar = createGroupBar({
  onBot: (state) => andLookAgain(api.setBot(here().chatId, here().userId, state)),
  onBringIn: (userId) => andLookAgain(api.bringIn(here().chatId, userId)),
  onTopic: (thread) => page.set({ thread }),
  onAnonymous: (anonymous) => page.set({ anonymous }),
  onNewTopic: (name) =>
    andLookAgain(
      api
        .openTopic(here().chatId, here().userId, name)
        .then(({ threadId }) => page.set({ thread: threadId })),
    ),
})
const chart = createChart(config)
const views = createViews({ hasChart: config.consoleUrl !== null, onPanel: () => panel.refresh() })
const panel = createPanel({
  api,
  chatId: () => page.get().chatId ?? undefined,
  visible: views.panelVisible,
  onError: failed,
  onDone: (text) => toast(text),
})

byId('bot-name').textContent = `@${config.botUsername}`
page.subscribe((shown) => {
  const { users, userId, chat, loaded, moving, link, pending, thread, unread } = shown
  const group = session.group()
  const messages = thread
    ? chat.messages.filter(({ threadId }) => threadId === thread)
    : chat.messages
  usersView.update(shown)
  composer.suggest(shown.commands)
  composer.admit(userId !== null && !moving)
  groupBar.update(group, shown)
  byId('app').dataset.chat = group ? 'group' : 'private'
  byId('chat-avatar').className = group ? 'avatar many' : 'avatar bot'
  byId('chat-avatar').replaceChildren(icon(group ? 'users' : 'bot'))
  byId('chat-title').textContent = group?.title ?? `@${config.botUsername}`
  status.rest(group && `${group.people.length} of us, bot: ${group.botStatus}`)
  chart.follow(userId)
  byId('messages').setAttribute('aria-busy', String(!loaded))
  if (loaded) chatView.update(messages, { pending, me: userId })
  else byId('messages').replaceChildren()
  status.link(link)
  const news = [...unread.values()].reduce((sum, one) => sum + one, 0)
  const name = users.find(({ id }) => id === userId)?.firstName ?? 'TRT'
  document.title = `${news ? `(${news}) ` : ''}${name} · sandbox`
})
// Whoever goes to a chat wants to see it; the one that opens by itself leaves the tab that was chosen.
addEventListener('hashchange', () => views.show('chat'))
byId('user-list').addEventListener('click', ({ target }) => {
  if (/** @type {Element} */ (target).closest('a')) views.show('chat')
})
byId('skip').addEventListener('click', (event) => {
  // The hash holds the user, so the link must not change it.
  event.preventDefault()
  composer.focus()
})
panel.refresh()
await session.start()
