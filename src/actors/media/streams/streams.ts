/** What the inside of a film or sound says. Lengths are in seconds. */
export interface Streams {
  readonly hasVideo: boolean
  readonly hasAudio: boolean
  /** What the frames themselves play; undefined when they don't say. */
  readonly seconds?: number | undefined
  /** What the header says; undefined when it says nothing, or that it doesn't know. */
  readonly claimed?: number | undefined
  /** False: the header speaks of another file than this one, of which this is a part or a sum. */
  readonly isClaimOfAll?: boolean | undefined
  readonly width?: number | undefined
  readonly height?: number | undefined
}

/** A day: nothing that people send plays longer, so more is damage or a trick. */
export const MAX_SECONDS = 86_400

/**
 * No codec plays a second from fewer bytes: speech at its leanest takes 80, a film of a still
 * picture some 20. A claim beyond that is not what the file holds.
 */
const LEAST_BYTES_PER_SECOND = 16

/** How much longer than its content a claim may be by rounding and by what encoders pad. */
export const PADDING_SECONDS = 0.5

const isLength = (seconds: number | undefined): seconds is number =>
  seconds !== undefined && Number.isFinite(seconds) && seconds > 0 && seconds <= MAX_SECONDS

/** A header's claim, unless it means "unknown" or the file is too small to hold so much. */
export const believable = (claimed: number | undefined, size: number): number | undefined =>
  isLength(claimed) && claimed * LEAST_BYTES_PER_SECOND <= size ? claimed : undefined

/** What is paid for: the longer of content and claim; undefined when neither is known. */
export function lengthOf(streams: Streams, size: number): number | undefined {
  const { seconds, isClaimOfAll = true } = streams
  // More than a day of frames: the claim, right or not, says nothing about those.
  if (seconds !== undefined && seconds > 0 && !isLength(seconds)) return undefined
  const claim = isClaimOfAll ? believable(streams.claimed, size) : undefined
  if (!isLength(seconds)) return claim
  return claim !== undefined && claim > seconds + PADDING_SECONDS ? claim : seconds
}

/** A film is as long as its pictures; a sound track that goes on alone makes it longer. */
export const filmSeconds = (pictures: number, sound: number): number =>
  pictures > 0 && sound <= pictures + PADDING_SECONDS ? pictures : Math.max(pictures, sound)
