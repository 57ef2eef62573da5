import { createTray } from './attachments.js'
import { byId } from './dom.js'
import { albumsOf } from './state.js'
import { createSuggestions } from './suggestions.js'

/** @typedef {import('./api.js').Place} Place */
/** @typedef {import('./state.js').ChatMessage} ChatMessage */
/** @typedef {{ kind: 'reply' | 'edit', message: ChatMessage }} Subject what the words are about */

/**
 * The message box: Enter sends, Shift+Enter breaks the line; files come by button, drop or paste;
 * the words may answer a message or replace those of one's own.
 * What is sent goes to the place it was written in, even if it has to wait and another chat opens.
 * @param {{ place: () => Place,
 *   onText: (place: Place, text: string, replyTo?: number) => Promise<unknown>,
 *   onEdit: (place: Place, messageId: number, text: string) => Promise<unknown>,
 *   onFiles: (place: Place, files: { file: File, as: string }[],
 *     how: { caption: string, replyTo?: number }) => Promise<unknown>,
 *   onTyped: (text: string) => void, onError: (error: Error) => void }} deps
 */
export function createComposer(deps) {
  const { place, onText, onEdit, onFiles, onTyped, onError } = deps
  const form = /** @type {HTMLFormElement} */ (byId('composer'))
  const input = /** @type {HTMLTextAreaElement} */ (byId('input'))
  const picker = /** @type {HTMLInputElement} */ (byId('file'))
  const send = /** @type {HTMLButtonElement} */ (byId('send'))
  const voice = byId('voice')
  const bar = byId('subject')
  /** @type {Subject | null} */
  let subject = null
  let queue = Promise.resolve()

  const grow = () => {
    input.style.height = 'auto'
    input.style.height = `${Math.min(input.scrollHeight, 180)}px`
    const isEmpty = !input.value.trim() && tray.isEmpty()
    // As in Telegram's apps: the microphone stands there as long as there is nothing to send.
    voice.hidden = !isEmpty || subject?.kind === 'edit'
    send.hidden = !voice.hidden
    send.disabled = isEmpty
    onTyped(input.value)
  }
  const tray = createTray({ onChange: () => grow() })
  const suggestions = createSuggestions({
    input,
    onPick: (command) => {
      input.value = `/${command}`
      form.requestSubmit()
    },
  })

  /** @param {Subject | null} next */
  const setSubject = (next) => {
    subject = next
    bar.hidden = next === null
    if (next) {
      const { text, caption, sender, from } = next.message
      const who = sender?.name ?? (from === 'bot' ? 'the bot' : 'yourself')
      byId('subject-title').textContent = next.kind === 'edit' ? 'Edit message' : `Reply to ${who}`
      byId('subject-words').textContent = text ?? caption ?? 'Media'
    }
    grow()
  }

  const submit = () => {
    const text = input.value.trim()
    const about = subject
    const files = about?.kind === 'edit' ? [] : tray.take()
    const isGrouped = tray.isGrouped()
    if (!text && !files.length && about?.kind !== 'edit') return
    const where = place()
    input.value = ''
    setSubject(null)
    // One after another, so that what was written first also arrives first.
    queue = queue.then(async () => {
      try {
        if (about?.kind === 'edit') await onEdit(where, about.message.id, text)
        else if (files.length) await sendFiles(where, files, isGrouped, text, about?.message.id)
        else await onText(where, text, about?.message.id)
      } catch (error) {
        // What was not sent goes back into the box, unless something new was typed meanwhile.
        input.value ||= text
        grow()
        onError(/** @type {Error} */ (error))
      }
    })
  }

  /**
   * @param {Place} where
   * @param {{ file: File, as: string }[]} files
   * @param {boolean} isGrouped
   * @param {string} caption goes with the first file
   * @param {number} [replyTo]
   */
  const sendFiles = async (where, files, isGrouped, caption, replyTo) => {
    let sent = 0
    for (const album of albumsOf(files, isGrouped)) {
      try {
        const how = { caption: sent === 0 ? caption : '' }
        await onFiles(where, album, replyTo === undefined ? how : { ...how, replyTo })
        sent += album.length
      } catch (error) {
        tray.add(files.slice(sent).map((left) => left.file))
        throw error
      }
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    suggestions.close()
    submit()
  })
  input.addEventListener('input', grow)
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.defaultPrevented)
      return
    event.preventDefault()
    form.requestSubmit()
  })
  input.addEventListener('paste', (event) => {
    const files = event.clipboardData?.files
    if (!files?.length) return
    event.preventDefault()
    tray.add(files)
  })
  byId('attach').addEventListener('click', () => picker.click())
  picker.addEventListener('change', () => {
    tray.add(picker.files ?? [])
    picker.value = ''
    input.focus()
  })
  byId('subject-close').addEventListener('click', () => {
    if (subject?.kind === 'edit') input.value = ''
    setSubject(null)
    input.focus()
  })
  input.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && subject) byId('subject-close').click()
  })
  acceptDrops((files) => tray.add(files))
  grow()

  return {
    /** Empties the box, when another user is chosen. */
    reset() {
      input.value = ''
      tray.clear()
      suggestions.close()
      setSubject(null)
    },
    focus: () => input.focus({ preventScroll: true }),
    suggest: suggestions.know,
    /** Nothing can be written before it is known who writes. @param {boolean} isThere */
    admit(isThere) {
      input.disabled = !isThere
      input.placeholder = isThere ? 'Message' : 'Add a user first'
    },
    /** @param {ChatMessage} message */
    reply(message) {
      setSubject({ kind: 'reply', message })
      input.focus()
    },
    /** @param {ChatMessage} message */
    edit(message) {
      input.value = message.text ?? message.caption ?? ''
      setSubject({ kind: 'edit', message })
      input.focus()
    },
    /** Puts words into the box for the person to go on. @param {string} text */
    write(text) {
      input.value = text
      grow()
      input.focus()
    },
  }
}

/** @param {(files: FileList) => void} onFiles */
function acceptDrops(onFiles) {
  const area = byId('chat')
  const cover = byId('drop')
  /** @param {DragEvent} event */
  const hasFiles = (event) => event.dataTransfer?.types.includes('Files')
  area.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    cover.hidden = false
  })
  area.addEventListener('dragleave', (event) => {
    if (!area.contains(/** @type {Node | null} */ (event.relatedTarget))) cover.hidden = true
  })
  area.addEventListener('drop', (event) => {
    cover.hidden = true
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    onFiles(event.dataTransfer.files)
  })
}
