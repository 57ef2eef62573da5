import type { ComponentChildren } from 'preact'
import type { ApiError } from '../lib/api.ts'
import type { Loaded } from '../lib/use-load.ts'

/** Holds the place of what is being read, in its size, so that nothing jumps. */
export const Skeleton = ({ lines = 3, height }: { lines?: number; height?: number }) => (
  <div class="skeleton" role="status" style={height ? { minHeight: `${height}px` } : {}}>
    <span class="sr">Loading…</span>
    {Array.from({ length: lines }, (_, i) => (
      <i key={i} style={{ width: `${92 - ((i * 37) % 45)}%` }} />
    ))}
  </div>
)

/** What went wrong, in words, with a way to try again. */
export const Failure = ({ error, retry }: { error: ApiError; retry?: () => void }) => (
  <div class="notice bad" role="alert">
    <p>{error.message}</p>
    {retry && (
      <button type="button" class="button" onClick={retry}>
        Try again
      </button>
    )}
  </div>
)

/** Says that there is nothing, and what that means. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p>{title}</p>
    {children && <p class="muted">{children}</p>}
  </div>
)

/** Shows what was read; before that its place, or why there is nothing. */
export function Show<T>(props: {
  loaded: Loaded<T>
  lines?: number
  height?: number
  children: (data: T) => ComponentChildren
}) {
  const { loaded, children } = props
  if (loaded.data !== null) {
    return (
      <div class="shown" aria-busy={loaded.loading}>
        {children(loaded.data)}
      </div>
    )
  }
  if (loaded.error !== null) return <Failure error={loaded.error} retry={loaded.reload} />
  return (
    <Skeleton
      {...(props.lines === undefined ? {} : { lines: props.lines })}
      {...(props.height === undefined ? {} : { height: props.height })}
    />
  )
}
