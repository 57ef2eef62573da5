import { runMain } from 'citty'
import { mainCommand } from './commands/main-command.ts'
import { usageProblem } from './commands/usage.ts'

const problem = await usageProblem(mainCommand, process.argv.slice(2))
if (problem === undefined) await runMain(mainCommand)
else {
  console.error(problem)
  process.exitCode = 2
}
