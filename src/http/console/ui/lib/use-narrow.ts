import { useEffect, useState } from 'preact/hooks'

/** As in the styles: what stands side by side on a screen stands one below the other on a phone. */
const NARROW = '(max-width: 819px)'

/** Whether the page is as narrow as a phone. */
export function useNarrow(): boolean {
  const [is, setIs] = useState(() => matchMedia(NARROW).matches)
  useEffect(() => {
    const query = matchMedia(NARROW)
    const look = () => setIs(query.matches)
    look()
    query.addEventListener('change', look)
    return () => query.removeEventListener('change', look)
  }, [])
  return is
}
