import { lazy } from '../lib/lazy.tsx'
import { Page } from '../parts/page.tsx'

/** The machines come when somebody asks for them. */
const Simulator = lazy<{ id: string | null }>(() =>
  import('../simulator.tsx').then((module) => module.Simulator),
)

/** Any machine alone in the browser. */
export const SimulatorPage = ({ id }: { id: string | null }) => (
  <Page
    title="Simulator"
    about={<p>A machine alone in this browser: press what may happen next. No actor is touched.</p>}
  >
    <Simulator key={id} id={id} />
  </Page>
)
