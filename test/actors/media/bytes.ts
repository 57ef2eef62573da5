import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { measureMedia } from '../../../src/actors/media/measure.ts'
import { sniffMedia } from '../../../src/actors/media/sniff.ts'

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures/media')

export const fixture = (name: string): Buffer => readFileSync(path.join(FIXTURES, name))

/** A file's content for the code that measures, and how much of it was asked for. */
export function contentOf(bytes: Uint8Array) {
  const file = Buffer.from(bytes)
  const seen = { bytes: 0 }
  const content = {
    readInto: async (target: Buffer, at: number) => {
      const count = file.copy(target, 0, Math.min(at, file.length))
      seen.bytes += count
      return count
    },
  }
  return { content, size: file.length, seen }
}

/** What the bot makes of a file; undefined where it is no media at all. */
export async function lookInto(bytes: Uint8Array) {
  const type = await sniffMedia(bytes)
  if (type === undefined) return undefined
  const { content, size, seen } = contentOf(bytes)
  return { ...(await measureMedia(type, { content, size })), readBytes: seen.bytes }
}

/** The same for a file that must be media. */
export async function measure(bytes: Uint8Array) {
  const facts = await lookInto(bytes)
  assert.ok(facts)
  return facts
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

export const zeros = (count: number): Buffer => Buffer.alloc(count)

/** A box of MP4: size, four letters, content. */
export const box = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body])
}

/** An element of Matroska: id, length in eight bytes, content. */
export const element = (id: string, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(body.length) | (1n << 56n))
  return Buffer.concat([Buffer.from(id, 'hex'), length, body])
}

/** A file with some bytes written over. */
export function patched(bytes: Buffer, at: number, patch: Uint8Array): Buffer {
  const copy = Buffer.from(bytes)
  copy.set(patch, at)
  return copy
}
