import { byId } from './dom.js'

const NEAR_PX = 60

/**
 * Keeps the newest message in view, but only for who is looking at it; who reads further up gets a
 * button with the number of new messages instead.
 */
export function createScroll() {
  const scroller = byId('scroller')
  const jump = byId('jump')
  const count = byId('jump-count')
  let stuck = true
  let unseen = 0
  let top = 0

  const toBottom = () => {
    scroller.scrollTop = scroller.scrollHeight
  }
  const show = () => {
    jump.hidden = stuck
    count.hidden = unseen === 0
    count.textContent = String(unseen)
  }
  const stick = () => {
    stuck = true
    unseen = 0
    toBottom()
    show()
  }

  scroller.addEventListener(
    'scroll',
    () => {
      const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX
      // Only going up is leaving: this event may come after the content has already grown again.
      stuck = near || (stuck && scroller.scrollTop >= top)
      top = scroller.scrollTop
      if (stuck) unseen = 0
      show()
    },
    { passive: true },
  )
  jump.addEventListener('click', stick)
  // Pictures and keyboards grow after they are drawn, a phone keyboard shrinks the view.
  const observer = new ResizeObserver(() => stuck && toBottom())
  observer.observe(byId('messages'))
  observer.observe(scroller)

  return {
    stick,
    /** A message came in; one's own is always followed. @param {boolean} own */
    arrived(own) {
      if (own) return stick()
      if (stuck) return toBottom()
      unseen += 1
      show()
    },
  }
}
