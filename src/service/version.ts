import manifest from '../../package.json' with { type: 'json' }

/** Of this release; 1.2.3. */
export const VERSION: string = manifest.version

/**
 * The commit that this was made from, shortened: put in by the build, else as the host tells; null
 * where nobody knows.
 */
export const commitOf = (env: Readonly<Record<string, string | undefined>>): string | null =>
  (
    process.env.TRT_BUILD_COMMIT ||
    env.GIT_COMMIT ||
    env.RENDER_GIT_COMMIT ||
    env.SOURCE_VERSION ||
    ''
  ).slice(0, 12) || null
