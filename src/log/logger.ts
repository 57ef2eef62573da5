import { createRequire } from 'node:module'
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { createPersonHider, createScrubber, redact } from './redaction.ts'
import type { LogRing } from './ring.ts'

export interface LogOptions {
  level: string
  /** For people at a terminal; JSON lines otherwise. */
  pretty?: boolean
  /** Never appear in a line, wherever they come from. */
  secrets: readonly string[]
  /** Standard output unless given. */
  stream?: DestinationStream
  /** What stands in a line for a person's id, so that nobody is known by the log. */
  nameOf?: (userId: number) => string
  /** Keeps what it logs of steps. */
  ring?: Pick<LogRing, 'take'>
}

/**
 * One JSON line per event. No given secret reaches the stream, not even inside messages, stacks and
 * URLs; keys that hold what users wrote are blanked; errors keep their code and chain of causes.
 */
export function createLogger(options: LogOptions): Logger {
  const { level, pretty = false, secrets, stream, ring, nameOf } = options
  const sink = stream ?? pino.destination({ dest: 1, sync: true })
  const scrub = createScrubber(secrets)
  const hide = nameOf === undefined ? (line: string) => line : createPersonHider(nameOf)
  const format = pretty ? findFormatter() : (line: string) => line
  const log = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: safe },
      // Errors are plain objects by now; the standard serializer would add their other fields.
      serializers: { err: (error) => error },
    },
    {
      write(line) {
        const clean = scrub(line)
        ring?.take(clean)
        sink.write(format(hide(clean)))
      },
    },
  )
  // pino runs its formatter for bindings on the first logger only; children inherit this method.
  const { child } = log
  log.child = function safeChild(this: Logger, bindings: object, options?: object) {
    return child.call(this, safe(bindings), options)
  } as typeof child
  return log
}

const safe = (fields: object) => redact(fields) as Record<string, unknown>

/** pino-pretty is there in development only; without it the lines stay JSON. */
function findFormatter(): (line: string) => string {
  try {
    const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as {
      prettyFactory(options: object): (line: string) => string
    }
    return prettyFactory({ colorize: process.stdout.isTTY === true })
  } catch {
    return (line) => line
  }
}
