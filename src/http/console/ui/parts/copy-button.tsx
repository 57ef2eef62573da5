import { useState } from 'preact/hooks'

const TOLD_MS = 2_000

/** Puts a text into the clipboard; where there is none, shows it to be copied by hand. */
export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const [told, setTold] = useState<string | null>(null)
  const [shown, setShown] = useState<string | null>(null)
  const copy = async () => {
    const content = text()
    try {
      await navigator.clipboard.writeText(content)
      setTold('Copied')
      setTimeout(() => setTold(null), TOLD_MS)
    } catch {
      setShown(content)
    }
  }
  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        {told ?? label}
      </button>
      {shown !== null && (
        <textarea class="copied" readOnly rows={12} aria-label={label} value={shown} />
      )}
    </>
  )
}
