import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiError, getJson } from './api.ts'
import { resumed } from './live.ts'
import { loadSession } from './session.ts'

/** What came of a request. While it is repeated, what it said before stays on the page. */
export interface Loaded<T> {
  data: T | null
  error: ApiError | null
  loading: boolean
  reload(): void
  /** Puts in what was heard since, without asking again. */
  patch(change: (data: T) => T): void
}

/** Reads JSON from an address; again when it changes, and when the stream had a gap. */
export function useLoad<T>(url: string | null): Loaded<T> {
  const [state, setState] = useState<{
    url: string | null
    data: T | null
    error: ApiError | null
  }>({ url: null, data: null, error: null })
  const [loading, setLoading] = useState(url !== null)
  const [round, setRound] = useState(0)
  const gaps = resumed.value
  const newest = useRef(0)

  // A new round asks the same again
  useEffect(() => {
    if (url === null) {
      setState({ url: null, data: null, error: null })
      setLoading(false)
      return
    }
    const controller = new AbortController()
    newest.current += 1
    const turn = newest.current
    setLoading(true)
    getJson<T>(url, controller.signal)
      .then((data) => ({ url, data, error: null }))
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 'console.login') void loadSession()
        return { url, data: null, error: error instanceof ApiError ? error : wrapped(error) }
      })
      .then((next) => {
        if (turn !== newest.current || controller.signal.aborted) return
        setState(next)
        setLoading(false)
      })
    return () => controller.abort()
  }, [url, round, gaps])

  return {
    data: state.data,
    error: state.error,
    loading,
    reload: () => setRound((before) => before + 1),
    patch: (change) =>
      setState((before) =>
        before.data === null ? before : { ...before, data: change(before.data) },
      ),
  }
}

const wrapped = (error: unknown) => new ApiError(0, String(error))
