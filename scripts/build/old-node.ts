/** What Node 20 lacks of the language, for the bundle in dist; newer ones have all of it. */

function groupInto<K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  let index = 0
  for (const item of items) {
    const key = keyOf(item, index)
    index += 1
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

Map.groupBy ??= groupInto as typeof Map.groupBy

Object.groupBy ??= (<K extends PropertyKey, T>(
  items: Iterable<T>,
  keyOf: (item: T, index: number) => K,
) => Object.fromEntries(groupInto(items, keyOf))) as typeof Object.groupBy

Promise.withResolvers ??= (<T>() => {
  let resolve: (value: T | PromiseLike<T>) => void = () => {}
  let reject: (reason?: unknown) => void = () => {}
  const promise = new Promise<T>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}) as typeof Promise.withResolvers

URL.parse ??= (text: string | URL, base?: string | URL) =>
  URL.canParse(String(text), base && String(base)) ? new URL(text, base) : null

// Without a new length, as it is used here: moves the bytes and leaves the old buffer empty.
ArrayBuffer.prototype.transfer ??= function transfer(this: ArrayBuffer) {
  return structuredClone(this, { transfer: [this] })
}
