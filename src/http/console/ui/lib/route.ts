/** Where the console is: everything that a link, a reload or the back button must bring back. */
export type Route =
  | { page: 'overview' }
  | { page: 'machine'; id: string }
  | { page: 'actor'; id: string }
  | { page: 'live'; id: string }
  | { page: 'sequence'; id: string }
  | { page: 'jobs' }
  | { page: 'letters' }
  | { page: 'ledger' }
  | { page: 'updates' }
  | { page: 'actions' }
  | { page: 'simulator'; id: string | null }
  | { page: 'inspect'; id: string | null }
  | { page: 'sandbox' }
  | { page: 'login' }
  | { page: 'unknown' }

export const BASE = '/console'

const PLAIN = ['jobs', 'letters', 'ledger', 'updates', 'actions', 'sandbox', 'login'] as const
const WITH_ID = {
  machines: 'machine',
  actors: 'actor',
  live: 'live',
  sequence: 'sequence',
} as const

const isPlain = (name: string): name is (typeof PLAIN)[number] =>
  (PLAIN as readonly string[]).includes(name)

/** The page that a path names; never throws, whatever was typed. */
export function parsePath(path: string): Route {
  if (path !== BASE && !path.startsWith(`${BASE}/`)) return { page: 'unknown' }
  const [first = '', second, ...more] = path
    .slice(BASE.length)
    .split('/')
    .filter((part) => part !== '')
    .map(decode)
  if (more.length > 0) return { page: 'unknown' }
  if (first === '') return { page: 'overview' }
  if (first === 'simulator' || first === 'inspect') return { page: first, id: second ?? null }
  if (second === undefined) return isPlain(first) ? { page: first } : { page: 'unknown' }
  const page = Object.hasOwn(WITH_ID, first) && WITH_ID[first as keyof typeof WITH_ID]
  return page ? { page, id: second } : { page: 'unknown' }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Colons stay readable: they part the pieces of an actor's id. */
const encode = (id: string) => encodeURIComponent(id).replaceAll('%3A', ':')

export type Params = Record<string, string | number | boolean | null | undefined>

/** The query of a page: what is empty, false or absent is left out, so that one view has one URL. */
export function toQuery(params: Params): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined || value === '' || value === false) continue
    search.set(name, value === true ? '1' : String(value))
  }
  const text = search.toString().replaceAll('%3A', ':').replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}

/** What `search` becomes when some parameters change; the rest stays in its place. */
export const changeQuery = (search: string, changes: Params): string =>
  toQuery({ ...Object.fromEntries(new URLSearchParams(search)), ...changes })

/** The address of a page. */
export const hrefOf = {
  overview: () => BASE,
  machine: (id: string, params: Params = {}) => `${BASE}/machines/${encode(id)}${toQuery(params)}`,
  actor: (id: string, params: Params = {}) => `${BASE}/actors/${encode(id)}${toQuery(params)}`,
  live: (id: string) => `${BASE}/live/${encode(id)}`,
  simulator: (id?: string) => `${BASE}/simulator${id === undefined ? '' : `/${encode(id)}`}`,
  sequence: (job: string) => `${BASE}/sequence/${encode(job)}`,
  inspect: (id?: string, params: Params = {}) =>
    `${BASE}/inspect${id === undefined ? '' : `/${encode(id)}`}${toQuery(params)}`,
  list: (page: (typeof PLAIN)[number], params: Params = {}) => `${BASE}/${page}${toQuery(params)}`,
}

/** A parameter as a whole number, else null. */
export function numberParam(search: string, name: string): number | null {
  const text = new URLSearchParams(search).get(name)
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** A parameter as words parted by commas. */
export const listParam = (search: string, name: string): string[] =>
  (new URLSearchParams(search).get(name) ?? '').split(',').filter((word) => word !== '')
