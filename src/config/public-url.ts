/** Where others reach `path` of ours, below the base; a path that the base has itself stays. */
export const publicUrl = (base: string | undefined, path: string): URL =>
  new URL(path.replace(/^\/+/, ''), `${base?.replace(/\/+$/, '')}/`)
