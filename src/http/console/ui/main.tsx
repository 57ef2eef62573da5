import 'uplot/dist/uPlot.min.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/parts.css'
import './styles/pages.css'
import './styles/inspect.css'
import './styles/sequence.css'
import './styles/coverage.css'
import './chart.css'
import './simulator.css'
import { render } from 'preact'
import { App } from './app.tsx'
import { followKeys } from './lib/keys.ts'
import { followVisibility } from './lib/live.ts'
import { followLinks } from './lib/location.ts'
import { loadSession } from './lib/session.ts'
import { followTheme } from './lib/theme.ts'

followTheme()
followLinks()
followKeys()
followVisibility()
void loadSession()

const root = document.getElementById('root')
if (root !== null) render(<App />, root)
