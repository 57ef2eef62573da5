import type { ComponentChildren } from 'preact'
import type { Tone } from './badge.tsx'

/** A figure with its name; the note says what it means or where it leads. */
export const Tile = (props: {
  name: string
  value: ComponentChildren
  note?: ComponentChildren
  tone?: Tone
}) => (
  <div class={`tile ${props.tone ?? 'plain'}`}>
    <dt>{props.name}</dt>
    <dd>
      <b>{props.value}</b>
      {props.note !== undefined && <small>{props.note}</small>}
    </dd>
  </div>
)

export const Tiles = ({ children }: { children: ComponentChildren }) => (
  <dl class="tiles">{children}</dl>
)
