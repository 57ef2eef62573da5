import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Page } from '../../contract.ts'
import { getJson, wordsOf } from '../lib/api.ts'
import type { Loaded } from '../lib/use-load.ts'
import { useLoad } from '../lib/use-load.ts'
import { Empty, Failure, Skeleton } from './states.tsx'
import { say } from './toast.tsx'

export interface Column<T> {
  title: string
  cell: (item: T) => ComponentChildren
  /** Numbers stand right. */
  end?: boolean
  /** Left out where there is little room. */
  extra?: boolean
}

/** Rows of one kind of thing; on a phone every row becomes a card. */
export function Table<T>(props: {
  label: string
  columns: Column<T>[]
  items: readonly T[]
  keyOf: (item: T) => string | number
}) {
  const { label, columns, items, keyOf } = props
  const kind = (column: Column<T>) =>
    `${column.end ? 'end' : ''} ${column.extra ? 'extra' : ''}`.trim()
  return (
    <div class="table">
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={kind(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)}>
              {columns.map((column) => (
                <td key={column.title} class={kind(column)} data-title={column.title}>
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

export interface Paged<T> extends Omit<Loaded<Page<T>>, 'data' | 'patch'> {
  items: T[] | null
  more: (() => void) | null
}

/** A list that is read page by page; another address begins it anew. */
export function usePages<T>(url: string): Paged<T> {
  const first = useLoad<Page<T>>(url)
  // With the page each of them follows: what is asked for under one address may come under another.
  const [read, setRead] = useState<{ first: Page<T> | null; page: Page<T> }[]>([])
  const [busy, setBusy] = useState(false)
  const later = read.filter((next) => next.first === first.data).map(({ page }) => page)
  const last = later.at(-1) ?? first.data
  const cursor = last?.cursor ?? null
  const more = async () => {
    setBusy(true)
    try {
      const join = url.includes('?') ? '&' : '?'
      const next = `${url}${join}cursor=${encodeURIComponent(cursor ?? '')}`
      const page = await getJson<Page<T>>(next)
      const mine = { first: first.data, page }
      setRead((before) => [...before.filter((other) => other.first === mine.first), mine])
    } catch (error) {
      say(wordsOf(error), 'bad')
    }
    setBusy(false)
  }
  return {
    items: first.data === null ? null : [first.data, ...later].flatMap(({ items }) => items),
    error: first.error,
    loading: first.loading || busy,
    reload: first.reload,
    more: cursor === null ? null : () => void more(),
  }
}

/** A list read page by page, in any state it can be in. */
export function PagedTable<T>(props: {
  label: string
  pages: Paged<T>
  columns: Column<T>[]
  keyOf: (item: T) => string | number
  empty: ComponentChildren
}) {
  const { label, pages, columns, keyOf, empty } = props
  const { items, error, loading, reload, more } = pages
  if (items === null) {
    return error === null ? (
      <Skeleton lines={8} height={320} />
    ) : (
      <Failure error={error} retry={reload} />
    )
  }
  if (items.length === 0) return <>{empty ?? <Empty title="Nothing here" />}</>
  return (
    <div class="shown" aria-busy={loading}>
      <Table label={label} columns={columns} items={items} keyOf={keyOf} />
      {more && (
        <p class="more">
          <button type="button" class="button" onClick={more} disabled={loading}>
            Show more
          </button>
        </p>
      )}
    </div>
  )
}
