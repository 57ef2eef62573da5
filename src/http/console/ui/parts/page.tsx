import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

/** A page's head and body; names the tab. */
export function Page(props: {
  title: string
  /** In place of the title in the head, where that is more than words. */
  heading?: ComponentChildren
  above?: ComponentChildren
  about?: ComponentChildren
  tools?: ComponentChildren
  class?: string
  children: ComponentChildren
}) {
  const { title, heading, above, about, tools, children } = props
  useEffect(() => {
    document.title = `${title} · console`
  }, [title])
  return (
    <div class={`page ${props.class ?? ''}`}>
      <header class="page-head">
        <div>
          {above && <p class="above">{above}</p>}
          <h1>{heading ?? title}</h1>
          {about && <div class="about">{about}</div>}
        </div>
        {tools && <div class="tools">{tools}</div>}
      </header>
      {children}
    </div>
  )
}

/** A part of a page with a name. */
export const Panel = (props: {
  title: string
  tools?: ComponentChildren
  class?: string
  children: ComponentChildren
}) => (
  <section class={`panel ${props.class ?? ''}`} aria-label={props.title}>
    <header>
      <h2>{props.title}</h2>
      {props.tools}
    </header>
    {props.children}
  </section>
)
