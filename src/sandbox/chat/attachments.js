import { byId, h, icon } from './dom.js'
import { bytes } from './media.js'

/** @typedef {{ file: File, url: string | null }} Attached */

const LABELS = {
  usual: 'Media',
  photo: 'Photo',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice',
  video_note: 'Round',
  document: 'File',
}
/** @typedef {keyof typeof LABELS} Way */

/**
 * The ways Telegram lets a file of this type be sent, the usual one first.
 * @param {string} mime
 * @returns {Way[]}
 */
export function waysToSend(mime) {
  if (mime.startsWith('image/')) return ['photo', 'document']
  if (mime.startsWith('video/')) return ['video', 'video_note', 'document']
  if (mime.startsWith('audio/')) return ['audio', 'voice', 'document']
  return ['document']
}

/**
 * The ways to send several files at once: what all of them allow, or each in its usual way.
 * @param {string[]} mimes
 * @returns {Way[]}
 */
export function commonWays(mimes) {
  const ways = mimes.map(waysToSend)
  const common = (ways[0] ?? []).filter((way) => ways.every((one) => one.includes(way)))
  const isMixed = new Set(ways.map(([usual]) => usual)).size > 1
  return isMixed ? ['usual', 'document'] : common
}

/**
 * The tray over the message box: files that were chosen, dropped or pasted and wait to be sent.
 * @param {{ onChange: () => void }} deps
 */
export function createTray({ onChange }) {
  const tray = byId('tray')
  const list = byId('tray-files')
  const choice = byId('tray-as')
  const grouping = byId('tray-group')
  const grouped = /** @type {HTMLInputElement} */ (grouping.querySelector('input'))
  /** @type {Attached[]} */
  let attached = []

  const draw = () => {
    tray.hidden = attached.length === 0
    list.replaceChildren(...attached.map(item))
    drawChoice()
    grouping.hidden = attached.length < 2
    onChange()
  }

  const drawChoice = () => {
    const before = chosen()
    const ways = commonWays(attached.map(({ file }) => file.type))
    const picked = before && ways.includes(before) ? before : ways[0]
    choice.hidden = ways.length < 2
    choice.replaceChildren(
      h('legend', { class: 'sr' }, 'Send as'),
      ...ways.map((way) =>
        h(
          'label',
          {},
          h('input', { type: 'radio', name: 'as', value: way, checked: way === picked }),
          h('span', {}, LABELS[way]),
        ),
      ),
    )
  }

  const chosen = () =>
    /** @type {Way | undefined} */ (
      /** @type {HTMLInputElement | null} */ (choice.querySelector('input:checked'))?.value
    )

  /** @param {Attached} entry */
  const item = (entry) =>
    h(
      'li',
      {},
      entry.url
        ? h('img', { src: entry.url, alt: '' })
        : h('span', { class: 'file-icon' }, icon('file')),
      h(
        'span',
        { class: 'file-text' },
        h('span', { class: 'file-name' }, entry.file.name),
        h('span', { class: 'file-details' }, bytes(entry.file.size)),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'round quiet',
          'aria-label': `Remove ${entry.file.name}`,
          onclick: () => remove(entry),
        },
        icon('close'),
      ),
    )

  /** @param {Attached} entry */
  const remove = (entry) => {
    if (entry.url) URL.revokeObjectURL(entry.url)
    attached = attached.filter((other) => other !== entry)
    draw()
  }

  return {
    /** @param {Iterable<File>} files */
    add(files) {
      for (const file of files) {
        const url = file.type.startsWith('image/') ? URL.createObjectURL(file) : null
        attached.push({ file, url })
      }
      draw()
    },
    isEmpty: () => attached.length === 0,
    /** Whether several files go as an album. */
    isGrouped: () => grouped.checked,
    /** Empties the tray and returns what was in it, with the way each is to be sent. */
    take() {
      const as = chosen()
      const files = attached.map(({ file }) => ({
        file,
        as: (as === 'usual' ? undefined : as) ?? waysToSend(file.type)[0] ?? 'document',
      }))
      this.clear()
      return files
    },
    clear() {
      for (const entry of [...attached]) remove(entry)
    },
  }
}
