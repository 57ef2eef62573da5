import { activeShortcuts } from '../lib/keys.ts'
import { Dialog } from './dialog.tsx'

/** The keys that work on this page. */
export function Help({ onClose }: { onClose: () => void }) {
  const shown = new Map(activeShortcuts().map(({ key, label }) => [key, label]))
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <dl class="keys-help">
        {[...shown].map(([key, label]) => (
          <div key={key}>
            <dt>
              <kbd>{key === 'Escape' ? 'Esc' : key}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
