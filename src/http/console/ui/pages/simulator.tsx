import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Page } from '../parts/page.tsx'
import { Failure, Skeleton } from '../parts/states.tsx'

type Loaded = typeof import('../simulator.tsx').Simulator

/** Any machine alone in the browser; no server state is touched. Machines come only when asked for. */
export function SimulatorPage({ id }: { id: string | null }): VNode {
  const [loaded, setLoaded] = useState<{ Simulator: Loaded } | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    import('../simulator.tsx').then(setLoaded, () => setFailed(true))
  }, [])
  return (
    <Page
      title="Simulator"
      about="A machine alone in this browser: nothing here touches the server."
    >
      {failed ? (
        <Failure error={{ message: 'The machines could not be loaded.' } as never} />
      ) : loaded === null ? (
        <Skeleton lines={9} height={320} />
      ) : (
        <loaded.Simulator key={id} id={id} />
      )}
    </Page>
  )
}
