import { h, icon } from './dom.js'

/** @typedef {import('./state.js').ChatMessage} ChatMessage */
/** @typedef {import('./state.js').Media} Media */

/**
 * A message's media: a picture that opens large, a player, or a file to download.
 * @param {ChatMessage} message
 * @param {(message: ChatMessage) => void} onOpenPhoto
 * @returns {HTMLElement}
 */
export function mediaView(message, onOpenPhoto) {
  const media = /** @type {Media} */ (message.media)
  if (media.kind === 'photo') return photo(message, media, onOpenPhoto)
  if (media.kind === 'video' || media.kind === 'animation') return video(media, altText(message))
  if (media.kind === 'video_note') return roundVideo(media)
  if (media.kind === 'sticker') return sticker(media)
  if (media.kind === 'audio' || media.kind === 'voice') return audio(media)
  return file(media)
}

/**
 * What a message holds besides words and files.
 * @param {import('./state.js').Facts} facts
 */
export function factsView(facts) {
  if (facts.kind === 'contact') {
    return h('div', { class: 'text facts' }, h('b', {}, facts.name), h('span', {}, facts.phone))
  }
  if (facts.kind === 'location') {
    const place = `${facts.latitude.toFixed(5)}, ${facts.longitude.toFixed(5)}`
    return h('div', { class: 'text facts' }, h('b', {}, 'Location'), h('span', {}, place))
  }
  return h(
    'div',
    { class: 'text facts' },
    h('b', {}, facts.question),
    facts.options.map((option) => h('span', {}, `○ ${option}`)),
  )
}

/** @param {Media} media */
const roundVideo = (media) =>
  h('video', {
    src: media.url,
    class: 'round-video',
    controls: true,
    playsinline: true,
    preload: 'metadata',
    'aria-label': 'Video message',
  })

/** @param {Media} media */
const sticker = (media) => h('img', { src: media.url, class: 'sticker', alt: 'Sticker' })

/** Minutes and seconds. @param {number} seconds */
const length = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`

/**
 * What a picture is called for who cannot see it: its caption, else who sent it.
 * @param {ChatMessage} message
 */
export function altText({ caption, from, media }) {
  const kind = media?.kind === 'photo' ? 'Photo' : 'Video'
  return caption?.trim() || `${kind} from ${from === 'bot' ? 'the bot' : 'the user'}`
}

/** @param {ChatMessage} message @param {Media} media @param {(m: ChatMessage) => void} onOpen */
function photo(message, media, onOpen) {
  const alt = altText(message)
  return h(
    'button',
    {
      type: 'button',
      class: 'photo',
      'aria-label': `Enlarge: ${alt}`,
      onclick: () => onOpen(message),
    },
    h('img', { src: media.url, alt, width: media.width, height: media.height, decoding: 'async' }),
  )
}

/** @param {Media} media @param {string} label */
function video(media, label) {
  const animated = media.kind === 'animation'
  const player = h('video', {
    src: media.url,
    class: 'video',
    controls: true,
    playsinline: true,
    preload: 'metadata',
    loop: animated,
    width: media.width,
    height: media.height,
    'aria-label': label,
  })
  if (animated) {
    player.muted = true
    player.autoplay = !matchMedia('(prefers-reduced-motion: reduce)').matches
  }
  return player
}

/** @param {Media} media */
function audio(media) {
  const kind = media.kind === 'voice' ? 'Voice message' : (media.fileName ?? 'Audio')
  const name = media.duration ? `${kind} · ${length(media.duration)}` : kind
  return h(
    'div',
    { class: `audio ${media.kind}` },
    h('span', { class: 'file-name' }, name),
    h('audio', { src: media.url, controls: true, preload: 'metadata', 'aria-label': name }),
  )
}

/** @param {Media} media */
function file(media) {
  const name = media.fileName ?? 'file'
  const details = [media.size === undefined ? '' : bytes(media.size), media.mime ?? '']
  return h(
    'a',
    { class: 'file', href: media.url, download: name },
    h('span', { class: 'file-icon' }, icon('file')),
    h(
      'span',
      { class: 'file-text' },
      h('span', { class: 'file-name' }, name),
      h('span', { class: 'file-details' }, details.filter(Boolean).join(' · ') || 'Download'),
    ),
    icon('download'),
  )
}

/**
 * A size for people.
 * @param {number} size
 */
export function bytes(size) {
  if (size < 1024) return `${size} B`
  if (size < 1024 ** 2) return `${Math.round(size / 1024)} KB`
  return `${(size / 1024 ** 2).toFixed(1)} MB`
}
