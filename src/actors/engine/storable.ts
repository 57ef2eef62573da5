/**
 * What jsonb can't hold: NUL, and halves of characters, which JSON.stringify writes as escapes. An
 * escaped backslash is matched too, so that what follows it is not taken for an escape.
 */
const ESCAPES = /\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g

/** A JSON text as Postgres can keep it; the very same text when nothing had to be replaced. */
function storableJson(json: string): string {
  if (!json.includes('\\u0000') && !json.includes('\\ud')) return json
  return json.replace(ESCAPES, (found) => (found === '\\\\' ? found : '\\ufffd'))
}

/** A value as it would come back from Postgres, as JSON text and live; the value itself if it may. */
export function storable<T>(value: T): { json: string; value: T } {
  const json = JSON.stringify(value)
  const kept = storableJson(json)
  return kept === json ? { json, value } : { json: kept, value: JSON.parse(kept) }
}
