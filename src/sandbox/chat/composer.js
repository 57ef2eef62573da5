import { createTray } from './attachments.js'
import { byId } from './dom.js'
import { createSuggestions } from './suggestions.js'

/**
 * The message box: Enter sends, Shift+Enter breaks the line; files come by button, drop or paste.
 * @param {{ commands: () => { command: string, description: string }[],
 *   onText: (text: string) => Promise<unknown>,
 *   onFile: (file: File, as: string, caption: string) => Promise<unknown>,
 *   onError: (error: Error) => void }} deps
 */
export function createComposer({ commands, onText, onFile, onError }) {
  const form = /** @type {HTMLFormElement} */ (byId('composer'))
  const input = /** @type {HTMLTextAreaElement} */ (byId('input'))
  const picker = /** @type {HTMLInputElement} */ (byId('file'))
  const send = /** @type {HTMLButtonElement} */ (byId('send'))
  let queue = Promise.resolve()

  const grow = () => {
    input.style.height = 'auto'
    input.style.height = `${Math.min(input.scrollHeight, 180)}px`
    send.disabled = !input.value.trim() && tray.isEmpty()
  }
  const tray = createTray({ onChange: grow })
  const suggestions = createSuggestions({
    input,
    commands,
    onPick: (command) => {
      input.value = `/${command}`
      form.requestSubmit()
    },
  })

  const submit = () => {
    const text = input.value.trim()
    const files = tray.take()
    if (!text && !files.length) return
    input.value = ''
    grow()
    // One after another, so that what was written first also arrives first.
    queue = queue.then(async () => {
      try {
        await (files.length ? sendFiles(files, text) : onText(text))
      } catch (error) {
        // What was not sent goes back into the box, unless something new was typed meanwhile.
        input.value ||= text
        grow()
        onError(/** @type {Error} */ (error))
      }
    })
  }

  /**
   * @param {{ file: File, as: string }[]} files
   * @param {string} caption goes with the first file
   */
  const sendFiles = async (files, caption) => {
    for (const [index, { file, as }] of files.entries()) {
      try {
        await onFile(file, as, index === 0 ? caption : '')
      } catch (error) {
        tray.add(files.slice(index).map((left) => left.file))
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
  acceptDrops((files) => tray.add(files))
  grow()

  return {
    /** Empties the box, when another user is chosen. */
    reset() {
      input.value = ''
      tray.clear()
      suggestions.close()
      grow()
    },
    focus: () => input.focus({ preventScroll: true }),
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
