import type { ComponentChildren } from 'preact'
import { setParams } from '../lib/location.ts'

/** Fields whose values live in the address. */
export const Filters = ({ children }: { children: ComponentChildren }) => (
  <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
    {children}
  </form>
)

export const TextFilter = (props: { name: string; label: string; value: string }) => (
  <label>
    {props.label}
    <input
      type="text"
      value={props.value}
      autocomplete="off"
      spellcheck={false}
      onChange={(event) => setParams({ [props.name]: event.currentTarget.value.trim() })}
    />
  </label>
)

export const ChoiceFilter = (props: {
  name: string
  label: string
  value: string
  /** Value and words of each; '' is all. */
  choices: readonly (readonly [string, string])[]
}) => (
  <label>
    {props.label}
    <select
      value={props.value}
      onChange={(event) => setParams({ [props.name]: event.currentTarget.value })}
    >
      {props.choices.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  </label>
)

export const SwitchFilter = (props: { name: string; label: string; on: boolean }) => (
  <label class="switch">
    <input
      type="checkbox"
      checked={props.on}
      onChange={(event) => setParams({ [props.name]: event.currentTarget.checked })}
    />
    {props.label}
  </label>
)
