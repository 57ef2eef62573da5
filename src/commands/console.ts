import path from 'node:path'
import { defineCommand } from 'citty'
import { NoMachine } from '../../scripts/generate/charts/load-machines.ts'
import { watchMachine } from './charts-watch.ts'

const args = {
  file: { type: 'positional', required: true, description: 'A file that exports machines' },
  port: { type: 'string', default: '0', description: 'Of the page; 0: any that is free' },
} as const

export const consoleCommand = defineCommand({
  meta: {
    name: 'console',
    description: 'Opens the console on the machines of one file, and follows its changes.',
  },
  args,
  async run({ args: { file, port } }) {
    const called = process.env.npm_lifecycle_event === 'console' ? process.env.INIT_CWD : undefined
    try {
      await watchMachine(path.resolve(called ?? '.', file), Number(port))
    } catch (error) {
      if (!(error instanceof NoMachine)) throw error
      console.error(error.message)
      process.exitCode = 1
    }
  },
})
