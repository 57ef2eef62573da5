import { signal } from '@preact/signals'

interface Toast {
  id: number
  text: string
  tone: 'good' | 'bad'
}

const toasts = signal<Toast[]>([])
let last = 0
const SHOWN_MS = 5_000

/** Says something for a few seconds, also to a screen reader. */
export function say(text: string, tone: Toast['tone'] = 'good'): void {
  last += 1
  const id = last
  toasts.value = [...toasts.value, { id, text, tone }]
  setTimeout(() => {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }, SHOWN_MS)
}

export const Toasts = () => (
  <div class="toasts" role="status" aria-live="polite">
    {toasts.value.map(({ id, text, tone }) => (
      <p key={id} class={`toast ${tone}`}>
        {text}
      </p>
    ))}
  </div>
)
