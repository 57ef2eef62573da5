import { byId, placeAt } from './dom.js'
import { SAMPLE_RATE, voiceNoteOf } from './ogg-opus.js'

const NOTES_HZ = [392, 523.25, 659.25]

/**
 * A melody of three notes over and over, soft at both ends of each.
 * @param {number} seconds
 */
function tone(seconds) {
  const samples = new Float32Array(Math.round(seconds * SAMPLE_RATE))
  const noteLength = SAMPLE_RATE / 2
  for (let index = 0; index < samples.length; index += 1) {
    const hz = NOTES_HZ[Math.floor(index / noteLength) % NOTES_HZ.length] ?? 440
    const within = (index % noteLength) / noteLength
    samples[index] =
      0.35 * Math.sin(Math.PI * within) * Math.sin((2 * Math.PI * hz * index) / SAMPLE_RATE)
  }
  return samples
}

/**
 * Any sound that the browser can play, as mono samples.
 * @param {Blob} recorded
 */
async function samplesOf(recorded) {
  const context = new AudioContext({ sampleRate: SAMPLE_RATE })
  try {
    const sound = await context.decodeAudioData(await recorded.arrayBuffer())
    const offline = new OfflineAudioContext(1, sound.length, SAMPLE_RATE)
    const source = new AudioBufferSourceNode(offline, { buffer: sound })
    source.connect(offline.destination)
    source.start()
    return (await offline.startRendering()).getChannelData(0).slice()
  } finally {
    await context.close()
  }
}

/**
 * Voice notes: by the microphone, or a melody of so many seconds where there is none.
 * @param {{ onVoice: (file: File, seconds: number) => Promise<unknown>,
 *   onError: (error: unknown) => void }} deps
 */
export function createVoice({ onVoice, onError }) {
  const box = byId('voice-box')
  const record = byId('voice-record')
  const seconds = /** @type {HTMLInputElement} */ (byId('voice-seconds'))
  /** @type {MediaRecorder | null} */
  let recorder = null

  /** @param {Float32Array<ArrayBuffer>} samples */
  const send = async (samples) => {
    const file = await voiceNoteOf(samples)
    box.hidePopover()
    await onVoice(file, Math.max(1, Math.round(samples.length / SAMPLE_RATE)))
  }
  /** @param {MediaRecorder | null} next */
  const show = (next) => {
    recorder = next
    record.setAttribute('aria-pressed', String(next !== null))
    const label = /** @type {HTMLElement} */ (record.querySelector('span'))
    label.textContent = next ? 'Stop and send' : 'Record'
  }

  const start = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => {
      throw new Error('No microphone can be used here. Send a melody instead.')
    })
    /** @type {Blob[]} */
    const parts = []
    const next = new MediaRecorder(stream)
    next.addEventListener('dataavailable', ({ data }) => parts.push(data))
    next.addEventListener('stop', () => {
      for (const track of stream.getTracks()) track.stop()
      const isWanted = recorder === next
      show(null)
      if (isWanted) samplesOf(new Blob(parts)).then(send).catch(onError)
    })
    next.start()
    show(next)
  }

  record.addEventListener('click', () => {
    if (recorder) recorder.stop()
    else start().catch(onError)
  })
  byId('voice-tone').addEventListener('submit', (event) => {
    event.preventDefault()
    send(tone(Number(seconds.value))).catch(onError)
  })
  // Opens over its button; closed without a word, what was recorded is thrown away.
  box.addEventListener('toggle', () => {
    if (box.matches(':popover-open')) {
      const { right, top } = byId('voice').getBoundingClientRect()
      const { width, height } = box.getBoundingClientRect()
      placeAt(box, { x: right - width, y: top - height - 12 })
      return
    }
    if (!recorder) return
    const dropped = recorder
    recorder = null
    dropped.stop()
  })
}
