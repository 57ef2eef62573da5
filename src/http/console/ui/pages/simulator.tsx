import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../lib/api.ts'
import { Page } from '../parts/page.tsx'
import { Failure, Skeleton } from '../parts/states.tsx'

type View = ComponentType<{ id: string | null }>

const load = () => import('../simulator.tsx')

/** Any machine alone in the browser; the machines come when somebody asks for them. */
export function SimulatorPage({ id }: { id: string | null }) {
  const [view, setView] = useState<{ Simulator: View } | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    load().then(
      ({ Simulator }) => setView({ Simulator }),
      () => setFailed(true),
    )
  }, [])
  return (
    <Page
      title="Simulator"
      about={
        <p>A machine alone in this browser: press what may happen next. No actor is touched.</p>
      }
    >
      {view !== null ? (
        <view.Simulator key={id} id={id} />
      ) : failed ? (
        <Failure error={new ApiError(0, 'The simulator could not be loaded.')} />
      ) : (
        <Skeleton lines={12} height={560} />
      )}
    </Page>
  )
}
