/** What belongs together is made once from its dependencies, not once for each that uses it. */
export function together<Deps extends object, Handlers>(
  make: (deps: Deps) => Handlers,
): (deps: Deps) => Handlers {
  const made = new WeakMap<Deps, Handlers>()
  return (deps) => {
    const handlers = made.get(deps) ?? make(deps)
    made.set(deps, handlers)
    return handlers
  }
}
