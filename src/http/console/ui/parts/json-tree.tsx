import type { Hidden } from '../../contract.ts'

const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isHidden = (value: unknown): value is Hidden =>
  isBranch(value) && typeof value.hidden === 'string' && typeof value.length === 'number'

/** A JSON value in one line; what is personal stays covered. */
export function Leaf({ value }: { value: unknown }) {
  if (isHidden(value)) {
    return (
      <span class="covered" title="Hidden: what people wrote. An operator may reveal it.">
        {value.hidden}, {value.length} {value.length === 1 ? 'character' : 'characters'}
      </span>
    )
  }
  if (value === undefined) return <span class="json-none">nothing</span>
  if (typeof value === 'string') return <span class="json-text">{value === '' ? '""' : value}</span>
  if (isBranch(value)) return <span class="json-plain">{JSON.stringify(value)}</span>
  return <span class="json-plain">{String(value)}</span>
}

const MAX_INLINE = 60

const fits = (value: unknown) =>
  !isBranch(value) || isHidden(value) || JSON.stringify(value).length <= MAX_INLINE

interface TreeProps {
  value: unknown
  /** Paths that are on the way to a change; they are open and marked. */
  touched?: ReadonlySet<string>
  path?: string
}

/** A JSON value as a tree; small branches stand on one line, what changed is open and marked. */
export function JsonTree({ value, touched, path = '' }: TreeProps) {
  if (!isBranch(value) || isHidden(value)) return <Leaf value={value} />
  const entries = Object.entries(value)
  if (entries.length === 0) return <Leaf value={value} />
  return (
    <ul class="json">
      {entries.map(([key, item]) => (
        <Entry
          key={key}
          name={key}
          value={item}
          path={path === '' ? key : `${path}.${key}`}
          {...(touched ? { touched } : {})}
        />
      ))}
    </ul>
  )
}

function Entry({ name, value, touched, path }: TreeProps & { name: string; path: string }) {
  const changed = touched?.has(path) ?? false
  if (fits(value)) {
    return (
      <li class={changed ? 'changed' : ''}>
        <b>{name}</b> <Leaf value={value} />
      </li>
    )
  }
  const size = Object.keys(value as object).length
  return (
    <li class={changed ? 'changed' : ''}>
      <details open={changed || path.split('.').length < 2}>
        <summary>
          <b>{name}</b>{' '}
          <span class="muted">{Array.isArray(value) ? `[${size}]` : `{${size}}`}</span>
        </summary>
        <JsonTree value={value} path={path} {...(touched ? { touched } : {})} />
      </details>
    </li>
  )
}

/** Every key that is on the way to a changed place. */
export function touchedPaths(changes: readonly { path: string }[]): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const { path } of changes) {
    const keys = path.split('.')
    for (let n = 1; n <= keys.length; n += 1) paths.add(keys.slice(0, n).join('.'))
  }
  return paths
}
