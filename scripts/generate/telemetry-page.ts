import { createMetrics } from '../../src/http/metrics.ts'

const HEAD = `# Telemetry

Made by \`npm run generate\` from \`src/http/metrics.ts\`.

\`GET /metrics\` answers in Prometheus text. Besides the instruments below it shows what \`prom-client\`
collects about the process itself (\`process_*\`, \`nodejs_*\`). Labels hold names from the code, never ids of
users, chats or jobs. Counters begin at 0 with each process; sum them over instances.

| metric | kind | labels | meaning |
|---|---|---|---|`

const FOOT = `
Worth an alert: \`ledger_discrepancy_kopecks\` other than 0; \`callback_4xx\` or
\`callback_job_not_found_count\` growing; \`dead_letters_total\` growing; \`delivery_seconds\` far above its usual
values. \`GET /health\` and \`GET /ready\` are described in [operations.md](operations.md), log lines too.`

/** `docs/telemetry.md`: one row per instrument. */
export async function telemetryPage(): Promise<string> {
  const { registry } = createMetrics()
  const rows = (await registry.getMetricsAsJSON()).map(({ name, help, type }) => {
    const labels = labelsOf(registry.getSingleMetric(name))
    return `| \`${name}\` | ${type} | ${labels.map((l) => `\`${l}\``).join(', ')} | ${help} |`
  })
  return `${[HEAD, ...rows, FOOT].join('\n')}\n`
}

/** Not in the library's types; a histogram's `le` is its own. */
const labelsOf = (metric: unknown): string[] =>
  (metric as { labelNames: string[] }).labelNames.filter((label) => label !== 'le')
