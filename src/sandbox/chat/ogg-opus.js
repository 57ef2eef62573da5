// Telegram's voice notes are Opus in Ogg (RFC 7845); browsers encode Opus but write no Ogg.

export const SAMPLE_RATE = 48_000
/** What a decoder drops at the start: libopus looks ahead this many samples. */
const PRE_SKIP = 312
const PACKETS_PER_PAGE = 50

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc >>> 0
})

/** The checksum of an Ogg page, https://www.rfc-editor.org/rfc/rfc3533#section-6 @param {Uint8Array} bytes */
function crcOf(bytes) {
  let crc = 0
  for (const byte of bytes) crc = ((crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] ?? 0)) >>> 0
  return crc
}

/**
 * @param {Uint8Array[]} packets
 * @param {{ sequence: number, granule: number, first?: boolean, last?: boolean }} at
 */
function pageOf(packets, { sequence, granule, first = false, last = false }) {
  // A packet is cut into pieces of 255 bytes; a shorter piece, even an empty one, ends it.
  const segments = packets.flatMap(({ length }) => [
    ...Array(Math.floor(length / 255)).fill(255),
    length % 255,
  ])
  const head = 27 + segments.length
  const page = new Uint8Array(head + packets.reduce((sum, { length }) => sum + length, 0))
  const view = new DataView(page.buffer)
  page.set(new TextEncoder().encode('OggS'))
  page[5] = (first ? 2 : 0) | (last ? 4 : 0)
  view.setBigInt64(6, BigInt(granule), true)
  view.setUint32(14, 1, true)
  view.setUint32(18, sequence, true)
  page[26] = segments.length
  page.set(segments, 27)
  let offset = head
  for (const packet of packets) {
    page.set(packet, offset)
    offset += packet.length
  }
  view.setUint32(22, crcOf(page), true)
  return page
}

function headPacket() {
  const bytes = new Uint8Array(19)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('OpusHead'))
  bytes[8] = 1
  bytes[9] = 1
  view.setUint16(10, PRE_SKIP, true)
  view.setUint32(12, SAMPLE_RATE, true)
  return bytes
}

function tagsPacket() {
  const name = new TextEncoder().encode('TRT sandbox')
  const bytes = new Uint8Array(16 + name.length)
  bytes.set(new TextEncoder().encode('OpusTags'))
  new DataView(bytes.buffer).setUint32(8, name.length, true)
  bytes.set(name, 12)
  return bytes
}

/**
 * Puts Opus packets of 20 ms each into an Ogg stream.
 * @param {Uint8Array[]} packets
 * @param {number} samples how long it plays, at 48 kHz
 * @returns {Uint8Array<ArrayBuffer>[]}
 */
export function oggOf(packets, samples) {
  const pages = [
    pageOf([headPacket()], { sequence: 0, granule: 0, first: true }),
    pageOf([tagsPacket()], { sequence: 1, granule: 0 }),
  ]
  const frame = SAMPLE_RATE / 50
  for (let start = 0; start < packets.length; start += PACKETS_PER_PAGE) {
    const end = Math.min(start + PACKETS_PER_PAGE, packets.length)
    const last = end === packets.length
    const granule = last ? samples + PRE_SKIP : end * frame
    pages.push(pageOf(packets.slice(start, end), { sequence: pages.length, granule, last }))
  }
  return pages
}

/**
 * Encodes mono sound as a voice note.
 * @param {Float32Array<ArrayBuffer>} samples at 48 kHz
 * @returns {Promise<File>}
 */
export async function voiceNoteOf(samples) {
  if (!('AudioEncoder' in globalThis))
    throw new Error('This browser cannot encode voice notes; attach a sound file instead.')
  /** @type {Uint8Array[]} */
  const packets = []
  /** @type {unknown} */
  let failure
  const encoder = new AudioEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength)
      chunk.copyTo(bytes)
      packets.push(bytes)
    },
    error: (error) => {
      failure = error
    },
  })
  encoder.configure({
    codec: 'opus',
    sampleRate: SAMPLE_RATE,
    numberOfChannels: 1,
    bitrate: 32_000,
  })
  encoder.encode(
    new AudioData({
      format: 'f32-planar',
      sampleRate: SAMPLE_RATE,
      numberOfFrames: samples.length,
      numberOfChannels: 1,
      timestamp: 0,
      data: samples,
    }),
  )
  await encoder.flush()
  encoder.close()
  if (failure) throw failure
  return new File(oggOf(packets, samples.length), 'voice.ogg', { type: 'audio/ogg' })
}
