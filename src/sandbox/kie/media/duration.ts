import { ALL_FORMATS, BufferSource, Input, type InputTrack, Logging, LogLevel } from 'mediabunny'
import { createFile, Log, type MP4BoxBuffer } from 'mp4box'
import { parseBuffer } from 'music-metadata'

// Odd files are what is measured here: nothing for the operator's terminal.
Logging.level = LogLevel.Silent
Object.assign(Log, { error() {} })

/** Lengths of a file's pictures and its sound, in seconds; 0 where there is none. */
interface Lengths {
  readonly pictures: number
  readonly sound: number
}

/** What players let a sound track run over before they count it. */
const PADDING_SECONDS = 0.5

/** Frame by frame, from the first to the end of the last. */
async function byFrames(bytes: Uint8Array): Promise<Lengths> {
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) })
  const longest = async (tracks: readonly InputTrack[]) => {
    const lengths = tracks.map(
      async (track) =>
        (await track.computeDuration()) - Math.max(0, await track.getFirstTimestamp()),
    )
    return Math.max(0, ...(await Promise.all(lengths)))
  }
  try {
    return {
      pictures: await longest(await input.getVideoTracks()),
      sound: await longest(await input.getAudioTracks()),
    }
  } finally {
    input.dispose()
  }
}

/** By the samples of the index and of every fragment; undefined for films without fragments. */
function byFragments(bytes: Uint8Array): Lengths | undefined {
  const file = createFile()
  file.appendBuffer(Object.assign(Uint8Array.from(bytes).buffer, { fileStart: 0 }) as MP4BoxBuffer)
  file.flush()
  if (file.moofs.length === 0) return undefined
  const longest = (handler: string) =>
    Math.max(
      0,
      ...file.moov.traks
        .filter(({ mdia }) => mdia.hdlr.handler === handler)
        .map(({ samples, mdia }) =>
          (samples ?? []).reduce((sum, { duration }) => sum + duration / mdia.mdhd.timescale, 0),
        ),
    )
  return { pictures: longest('vide'), sound: longest('soun') }
}

/** Sound by a reader that knows compressed WAV and trusts no one but the data's own size. */
async function byBlocks(bytes: Uint8Array): Promise<Lengths> {
  const { format } = await parseBuffer(bytes, 'audio/wav', { duration: true })
  return { pictures: 0, sound: format.duration ?? 0 }
}

/**
 * Ogg: the positions of the pages, which begin anew in every part of a joined file. Samples per
 * second as the first page of a part tells them.
 */
function byPages(bytes: Uint8Array): Lengths {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let seconds = 0
  let part = { rate: 0, skipped: 0, end: 0 }
  const close = () => {
    if (part.rate > 0) seconds += Math.max(0, part.end - part.skipped) / part.rate
  }
  for (let at = file.indexOf('OggS'); at >= 0; at = file.indexOf('OggS', at + 4)) {
    const segments = file[at + 26] ?? 0
    const body = at + 27 + segments
    if ((file[at + 5] ?? 0) & 2) {
      close()
      part = { ...rateOf(file.subarray(body, body + 64)), end: 0 }
    }
    const position = Number(file.readBigInt64LE(at + 6))
    part.end = Math.max(part.end, position)
  }
  close()
  return { pictures: 0, sound: seconds }
}

function rateOf(packet: Buffer): { rate: number; skipped: number } {
  const name = packet.toString('latin1', 0, 8)
  if (name === 'OpusHead') return { rate: 48_000, skipped: packet.readUInt16LE(10) }
  if (name.endsWith('vorbis', 7)) return { rate: packet.readUInt32LE(12), skipped: 0 }
  if (name.startsWith('Speex')) return { rate: packet.readUInt32LE(36), skipped: 0 }
  if (name.startsWith('\x7fFLAC')) return { rate: packet.readUIntBE(27, 3) >> 4, skipped: 0 }
  return { rate: 0, skipped: 0 }
}

/** Whether a container holds sound and no pictures; false for what can't be opened. */
export async function isSoundAlone(bytes: Uint8Array): Promise<boolean> {
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) })
  try {
    const pictures = await input.getVideoTracks()
    return pictures.length === 0 && (await input.getAudioTracks()).length > 0
  } catch {
    return false
  } finally {
    input.dispose()
  }
}

async function measure(bytes: Uint8Array, mime: string): Promise<Lengths> {
  if (mime === 'audio/ogg') return byPages(bytes)
  if (mime === 'audio/wav') return byFrames(bytes).catch(() => byBlocks(bytes))
  if (/mp4|quicktime/.test(mime)) return byFragments(bytes) ?? (await byFrames(bytes))
  return byFrames(bytes)
}

/**
 * How long a film or sound plays, in seconds; 0 when it can't be counted. Shares no code with the
 * bot, so that a wrong measure of either side shows as a difference between quote and bill.
 */
export async function secondsOf(bytes: Uint8Array, mime: string): Promise<number> {
  if (!/^(?:audio|video)\//.test(mime)) return 0
  try {
    const { pictures, sound } = await measure(bytes, mime)
    return pictures > 0 && sound <= pictures + PADDING_SECONDS
      ? pictures
      : Math.max(pictures, sound)
  } catch {
    return 0
  }
}
