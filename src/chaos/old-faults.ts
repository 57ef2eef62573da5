import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { KeptProgram } from './kept-release.ts'

/** Something that was wrong once, and how it is put back into the built program. */
interface OldFault {
  readonly description: string
  /** Stands exactly once in the program. */
  readonly find: RegExp
  readonly put: string
}

/** Faults that chaos must find: a run with one of them is red, or the run shows nothing. */
export const OLD_FAULTS = {
  backpressure: {
    description: 'After one failure to note the ends of effects, none is noted any more',
    find: /untilStored\(\(\) => completeEffects\(db, last\)\)/,
    put: 'completeEffects(db, last).catch(() => new Promise(() => {}))',
  },
  'version-fence': {
    description: 'A step is written whatever version the actor has',
    find: /and a\.version = s\.expected and s\.expected > 0/,
    put: 'and s.expected > 0',
  },
  'send-fence': {
    description: 'Whoever wants to send a result takes it from whoever is sending it',
    find: /and \(sends\.sender is null or sends\.sender = excluded\.sender\s+or sends\.doubted_at <= now\(\) - make_interval\(secs => \$\{doubtMs \/ 1e3\}\)\)/,
    put: '',
  },
  'session-lock': {
    description: 'The lock by which others see that an instance lives is released at once',
    find: /"select pg_advisory_lock\(\$1::bigint\)"/,
    put: '"select pg_advisory_xact_lock($1::bigint)"',
  },
} as const satisfies Record<string, OldFault>

export type OldFaultName = keyof typeof OLD_FAULTS

/** A copy of the program `main` with the fault in it; throws when there is no place for it. */
export async function putBack(main: string, name: OldFaultName): Promise<KeptProgram> {
  const { find, put } = OLD_FAULTS[name]
  const dir = await mkdtemp(path.join(tmpdir(), `trt-${name}-`))
  await cp(path.dirname(main), dir, { recursive: true })
  await writeFile(path.join(dir, 'package.json'), '{"type":"module"}')
  let places = 0
  for (const file of await readdir(dir, { recursive: true })) {
    if (!file.endsWith('.js') || file.startsWith('console')) continue
    const text = await readFile(path.join(dir, file), 'utf8')
    const found = text.match(new RegExp(find, 'g'))?.length ?? 0
    places += found
    if (found > 0)
      await writeFile(
        path.join(dir, file),
        text.replace(find, () => put),
      )
  }
  const remove = () => rm(dir, { recursive: true })
  if (places !== 1) {
    await remove()
    throw new Error(`the program has ${places} places for the fault ${name}`)
  }
  return { dir, main: path.join(dir, path.basename(main)), remove }
}
