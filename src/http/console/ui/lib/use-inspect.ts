import { useEffect, useState } from 'preact/hooks'
import type { InspectNews } from '../../contract.ts'
import { API } from './session.ts'

/** Calls back whenever actors of other programs moved, and once when the stream is there again. */
export function useInspectNews(onNews: (actors: readonly string[]) => void): 'live' | 'lost' {
  const [link, setLink] = useState<'live' | 'lost'>('live')
  useEffect(() => {
    const stream = new EventSource(`${API}/inspect/live`)
    stream.onopen = () => {
      setLink('live')
      onNews([])
    }
    stream.onerror = () => setLink('lost')
    stream.addEventListener('inspect', (event) => {
      const { actors } = JSON.parse((event as MessageEvent<string>).data) as InspectNews
      onNews(actors)
    })
    return () => stream.close()
  }, [])
  return link
}
