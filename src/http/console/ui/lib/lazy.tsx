import type { ComponentType, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Failure, Skeleton } from '../parts/states.tsx'
import { ApiError } from './api.ts'

/** A component whose code comes when it is first shown; till then its place is held. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null
  return function Lazy(props: P): VNode {
    const [state, setState] = useState<{ view: ComponentType<P> | null; failed: boolean }>(() => ({
      view: loaded,
      failed: false,
    }))
    useEffect(() => {
      if (state.view !== null) return
      load().then(
        (view) => {
          loaded = view
          setState({ view, failed: false })
        },
        () => setState({ view: null, failed: true }),
      )
    }, [])
    const View = state.view
    if (View !== null) return <View {...props} />
    if (!state.failed) return <Skeleton lines={12} height={560} />
    // A newer version may be running, whose files have other names: the page itself must be read again.
    const error = new ApiError(0, 'This part of the page could not be loaded.')
    return <Failure error={error} retry={() => location.reload()} />
  }
}
