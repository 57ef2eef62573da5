import { ERRORS } from '../../src/errors.ts'

const HEAD = `# Errors

Made by \`npm run generate\` from the table in \`src/errors.ts\`. The code is stable: it stands in logs, in
stored rows and in the console. *Again* says whether the same call may be repeated; *HTTP* is the status
where an error reaches a request.

| code | HTTP | again | meaning |
|---|---|---|---|`

/** `docs/errors.md`: one row per code. */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, retry, text }]) => `| \`${code}\` | ${status} | ${retry} | ${text} |`,
  )
  return `${[HEAD, ...rows].join('\n')}\n`
}
