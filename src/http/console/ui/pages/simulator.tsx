import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'

/** Any machine alone in the browser; no server state is touched. */
export function SimulatorPage({ id: _id }: { id: string | null }) {
  return (
    <Page title="Simulator">
      <Empty title="Not here yet." />
    </Page>
  )
}
