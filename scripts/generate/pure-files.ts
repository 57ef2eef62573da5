import { modelsPage } from '../../src/checks/models-page.ts'
import { envExample } from './env-example.ts'
import { errorsPage } from './errors-page.ts'
import { exampleCharts } from './example-charts.ts'
import { kiePage } from './kie-page.ts'
import { modelSchema } from './model-schema.ts'
import { performancePage } from './performance-page.ts'
import { screensPage } from './screens-page.ts'
import { telemetryPage } from './telemetry-page.ts'

/** Every generated file that is made without a database, by its path from the root. */
export const pureFiles = async (): Promise<Readonly<Record<string, string>>> => ({
  '.env.example': envExample(),
  'docs/errors.md': errorsPage(),
  'docs/kie.md': kiePage(),
  ...(await exampleCharts()),
  'docs/performance.md': performancePage(),
  'docs/models.md': modelsPage(),
  'docs/screens/README.md': screensPage(),
  'models/model.schema.json': modelSchema(),
  'docs/telemetry.md': await telemetryPage(),
})
