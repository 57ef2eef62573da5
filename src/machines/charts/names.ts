/** Names as a format allows them, each used for one thing; `renamed` are those that were changed. */
export interface Names {
  of(given: string): string
  renamed(): readonly (readonly [given: string, used: string])[]
}

/** Keeps what is allowed and changes the rest; what would then be the same gets a number. */
export function createNames(allowed: (given: string) => string): Names {
  const used = new Map<string, string>()
  const taken = new Set<string>()
  return {
    of(given) {
      const known = used.get(given)
      if (known !== undefined) return known
      const first = allowed(given)
      let name = first
      for (let n = 2; taken.has(name); n += 1) name = `${first}_${n}`
      taken.add(name)
      used.set(given, name)
      return name
    },
    renamed: () => [...used].filter(([given, name]) => given !== name),
  }
}
