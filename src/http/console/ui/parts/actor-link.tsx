import { hrefOf } from '../lib/route.ts'

/** An actor by its id. */
export const ActorLink = ({ id, step }: { id: string; step?: number | null }) => (
  <a class="mono wrap" href={hrefOf.actor(id, { step: step ?? null })}>
    {id}
  </a>
)
