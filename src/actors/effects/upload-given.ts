import { canonicalMime } from '../../machines/catalogue/media.ts'
import type { KieClient } from '../kie/client.ts'
import type { Given } from '../media/fetch-given.ts'

/** Hands what a user gave to the provider as bytes; resolves with its link, which lives a day. */
export function uploadGiven(
  kie: Pick<KieClient, 'upload'>,
  { content, size, ext, mime }: Given['media'],
  signal: AbortSignal,
): Promise<string> {
  const upload = { content: () => content.stream(), fileName: `input.${ext}`, size }
  return kie.upload({ ...upload, mime: canonicalMime(mime) }, signal)
}
