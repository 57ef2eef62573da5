import type { MediaRules } from '../machines/catalogue/questions.ts'
import { muxMp4 } from '../sandbox/kie/media/mp4.ts'
import { playWav } from '../sandbox/kie/media/wav.ts'

/** Seconds of the film or sound that is given: the price hangs on the fraction. */
export const lengthOf = ({ kind, seconds }: MediaRules): number =>
  kind === 'audio' ? Math.max(3, seconds?.min ?? 0) + 0.4 : Math.max(2, seconds?.min ?? 0) + 0.5

/** A real film or sound as long as a question wants it. */
export function filmOrSound(media: MediaRules): Buffer {
  const seconds = lengthOf(media)
  if (media.kind === 'audio') return playWav('what was said', seconds)
  return muxMp4({
    width: 640,
    height: 360,
    sps: Buffer.from([0x67, 66, 0, 10]),
    pps: Buffer.from([0x68, 1]),
    pictures: Array.from({ length: seconds * 8 }, () => Buffer.alloc(50)),
    picturesPerSecond: 8,
  })
}
