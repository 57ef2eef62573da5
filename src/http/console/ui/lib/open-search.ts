import { activeShortcuts } from './keys.ts'

/** Opens what `/` opens. */
export function openSearch(): void {
  activeShortcuts()
    .find(({ key }) => key === '/')
    ?.run()
}
