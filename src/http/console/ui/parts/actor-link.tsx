import { hrefOf } from '../lib/route.ts'

/** An actor by its id. */
export function ActorLink(props: {
  id: string
  step?: number | null
  /** Leaves out the name of the machine, where that is known. */
  short?: boolean
}) {
  const { id, step = null, short = false } = props
  return (
    <a class="mono wrap" href={hrefOf.actor(id, { step })} title={id}>
      {short ? id.slice(id.indexOf(':') + 1) : id}
    </a>
  )
}
