import { defineCommand } from 'citty'
import { CHECKS, runConformance } from '../../scripts/conformance/conformance.ts'
import { readCorpus } from '../../scripts/conformance/corpus.ts'

const args = {
  json: { type: 'boolean', description: 'Reports as one JSON object on one line' },
} as const

export const chartsConformanceCommand = defineCommand({
  meta: {
    name: 'charts:conformance',
    description: 'Tries charts and exports on many machines, by real parsers and engines.',
  },
  args,
  async run({ args: { json = false } }) {
    const { specimens, left } = await readCorpus()
    for (const line of left) console.error(`left out: ${line}`)
    const report = await runConformance(specimens, (line) => console.error(line))
    if (json) console.log(JSON.stringify(report))
    else {
      console.log(`machines ${report.machines}`)
      for (const check of CHECKS) console.log(`${check} ${report[check].pass}/${report[check].of}`)
    }
    if (CHECKS.some((check) => report[check].pass < report[check].of)) process.exitCode = 1
  },
})
