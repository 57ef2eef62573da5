import { open } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { measureMedia } from '../actors/media/measure.ts'
import { HEAD_BYTES, sniffMedia } from '../actors/media/sniff.ts'
import type { MediaContent } from '../actors/media/spool.ts'
import { canonicalMime } from '../machines/catalogue/media.ts'
import type { ProblemCode } from '../machines/catalogue/problem.ts'

/** What the bot makes of a file: `durationMs` is what would be paid for, `claimedMs` its header's. */
interface Probed {
  readonly kind: string
  readonly mime: string
  readonly durationMs: number | null
  readonly claimedMs: number | null
  readonly width: number | null
  readonly height: number | null
  readonly silent: boolean | null
}

interface Refused {
  readonly refused: ProblemCode
}

/** The largest file that is taken from anybody: one behind a link. */
const MAX_BYTES = 100 * 1024 * 1024

export const probeCommand = defineCommand({
  meta: {
    name: 'probe',
    description: 'Tells what the bot makes of a file: its kind, type, true length and sides.',
  },
  args: {
    file: { type: 'positional', required: false, description: 'A picture, film or sound' },
    json: {
      type: 'boolean',
      description: 'Nothing changes: the answer is one line of JSON anyway',
    },
  },
  async run({ args: { file } }) {
    if (file === undefined) {
      console.error('probe: name a file')
      process.exitCode = 2
      return
    }
    const found = await probe(file)
    console.log(JSON.stringify(found))
    process.exitCode = 'refused' in found ? 1 : 0
  },
})

async function probe(name: string): Promise<Probed | Refused> {
  const file = await open(name).catch(() => undefined)
  if (file === undefined) return { refused: 'media.unavailable' }
  try {
    const { size } = await file.stat()
    if (size > MAX_BYTES) return { refused: 'media.too-large' }
    const head = Buffer.alloc(Math.min(HEAD_BYTES, size))
    await file.read(head, 0, head.length, 0)
    const type = size === 0 ? undefined : await sniffMedia(head)
    if (type === undefined || type.kind === 'other') return { refused: 'media.unusable' }
    const content: Pick<MediaContent, 'readInto'> = {
      readInto: async (target, at) => (await file.read(target, 0, target.length, at)).bytesRead,
    }
    const facts = await measureMedia(type, { content, size })
    if (facts.damaged) return { refused: 'media.damaged' }
    const plays = facts.kind === 'audio' || facts.kind === 'video'
    if (plays && facts.durationMs === undefined) return { refused: 'media.length' }
    return {
      kind: facts.kind,
      mime: canonicalMime(facts.mime),
      durationMs: facts.durationMs ?? null,
      claimedMs: facts.claimedMs ?? null,
      width: facts.width ?? null,
      height: facts.height ?? null,
      silent: facts.silent ?? null,
    }
  } finally {
    await file.close()
  }
}
