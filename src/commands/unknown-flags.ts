/** Says which flags nobody knows and sets the exit code 2; true: there are some. */
export function refuseUnknownFlags(
  given: readonly string[],
  known: Readonly<Record<string, { type: string }>>,
): boolean {
  const names = Object.entries(known).filter(([, { type }]) => type !== 'positional')
  const allowed = new Set(names.flatMap(([name]) => [`--${name}`, `--no-${name}`]))
  const unknown = given.filter(
    (arg) => arg.startsWith('-') && !allowed.has(arg.split('=')[0] ?? ''),
  )
  if (unknown.length === 0) return false
  console.error(`unknown: ${unknown.join(', ')}`)
  console.error(`flags: ${names.map(([name]) => `--${name}`).join(', ')}`)
  process.exitCode = 2
  return true
}
