import type { Dimensions } from './dimensions.ts'

/** A video track to be wrapped: H.264 pictures without start codes, all shown equally long. */
export interface Track extends Dimensions {
  readonly sps: Buffer
  readonly pps: Buffer
  /** The first is a key picture, the others build on it. */
  readonly pictures: readonly Buffer[]
  readonly picturesPerSecond: number
}

/** Ticks per second of all times in the file. */
const TIMESCALE = 1000
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]

/**
 * An MP4 file with one video track, index first so that it plays while it loads.
 * Boxes: ISO/IEC 14496-12 and -15, explained at
 * https://developer.apple.com/documentation/quicktime-file-format
 */
export function muxMp4(track: Track): Buffer {
  const samples = track.pictures.map((p) => Buffer.concat([u32(p.length), p]))
  const start = box('ftyp', text('isom'), u32(0x200), text('isomiso2avc1mp41'))
  // The index has the same length whatever the offset in it.
  const indexSize = movie(track, samples, 0).length
  const index = movie(track, samples, start.length + indexSize + 8)
  return Buffer.concat([start, index, box('mdat', ...samples)])
}

function movie(track: Track, samples: readonly Buffer[], offset: number): Buffer {
  const each = Math.round(TIMESCALE / track.picturesPerSecond)
  const duration = each * samples.length
  return box(
    'moov',
    full(
      'mvhd',
      0,
      ...[0, 0, TIMESCALE, duration, 0x10000].map(u32),
      u16(0x100),
      zeros(10),
      ...MATRIX.map(u32),
      zeros(24),
      u32(2),
    ),
    box(
      'trak',
      full(
        'tkhd',
        3,
        ...[0, 0, 1, 0, duration].map(u32),
        zeros(16),
        ...MATRIX.map(u32),
        u32(track.width * 0x10000),
        u32(track.height * 0x10000),
      ),
      box(
        'mdia',
        full('mdhd', 0, ...[0, 0, TIMESCALE, duration].map(u32), u16(0x55c4), u16(0)),
        full('hdlr', 0, u32(0), text('vide'), zeros(12), text('video\0')),
        box(
          'minf',
          full('vmhd', 1, zeros(8)),
          box('dinf', full('dref', 0, u32(1), full('url ', 1))),
          sampleTable(track, samples, each, offset),
        ),
      ),
    ),
  )
}

function sampleTable(
  track: Track,
  samples: readonly Buffer[],
  each: number,
  offset: number,
): Buffer {
  const count = samples.length
  return box(
    'stbl',
    full('stsd', 0, u32(1), sampleEntry(track)),
    full('stts', 0, ...[1, count, each].map(u32)),
    full('stss', 0, ...[1, 1].map(u32)),
    full('stsc', 0, ...[1, 1, count, 1].map(u32)),
    full('stsz', 0, u32(0), u32(count), ...samples.map(({ length }) => u32(length))),
    full('stco', 0, u32(1), u32(offset)),
  )
}

function sampleEntry({ width, height, sps, pps }: Track): Buffer {
  const sets = [Buffer.from([0xe1]), u16(sps.length), sps, Buffer.from([1]), u16(pps.length), pps]
  const config = box('avcC', Buffer.from([1, ...sps.subarray(1, 4), 0xff]), ...sets)
  return box(
    'avc1',
    zeros(6),
    u16(1),
    zeros(16),
    u16(width),
    u16(height),
    u32(0x480000),
    u32(0x480000),
    zeros(4),
    u16(1),
    zeros(32),
    u16(24),
    u16(0xffff),
    config,
  )
}

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length, 8)
  return Buffer.concat([u32(size), text(type), ...parts])
}

const full = (type: string, flags: number, ...parts: readonly Buffer[]) =>
  box(type, u32(flags), ...parts)
const text = (value: string) => Buffer.from(value, 'latin1')
const zeros = (count: number) => Buffer.alloc(count)
const u16 = (value: number) => Buffer.from([value >> 8, value & 255])
function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
