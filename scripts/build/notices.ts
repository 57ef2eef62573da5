import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A package whose code is in the bundle. */
interface Bundled {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly text: string
}

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//

/** The packages that a bundle was made of, by their names; files as paths from `root` or absolute. */
export function bundledPackages(root: string, files: readonly string[]): Bundled[] {
  const inputs = files.map((file) => path.resolve(root, file))
  const folders = new Set(inputs.flatMap((file) => PACKAGE.exec(file)?.[1] ?? []))
  return [...folders].map(readPackage).sort((a, b) => a.name.localeCompare(b.name))
}

function readPackage(folder: string): Bundled {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license?: string | { type: string } }
  const files = globSync(['[Ll]icen[cs]e*', 'LICEN[CS]E*', 'COPYING*', 'NOTICE*'], { cwd: folder })
  const text = files
    .sort()
    .map((file) => readFileSync(path.join(folder, file), 'utf8').trim())
    .join('\n\n')
  return {
    ...{ name, version, text },
    license: typeof license === 'string' ? license : (license?.type ?? 'UNKNOWN'),
  }
}

/** `THIRD-PARTY-LICENSES.txt`: whose code is in the bundle, and under which terms. */
export const noticesText = (packages: readonly Bundled[]): string =>
  [
    'Code of these packages is part of this bundle.',
    ...packages.map(({ name, version, license, text }) =>
      [`${'='.repeat(78)}`, `${name} ${version} (${license})`, '', text || 'No licence text.'].join(
        '\n',
      ),
    ),
  ].join('\n\n')

/** `sbom.json`: the same as a CycloneDX 1.6 bill of materials. https://cyclonedx.org/docs/1.6/json/ */
export const billOfMaterials = (
  { name, version }: { name: string; version: string },
  packages: readonly Bundled[],
): string =>
  `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: { type: 'application', name, version } },
      components: packages.map((p) => ({
        type: 'library',
        name: p.name,
        version: p.version,
        purl: `pkg:npm/${p.name.replace('@', '%40')}@${p.version}`,
        licenses: /[ ()]/.test(p.license)
          ? [{ expression: p.license }]
          : [{ license: p.license === 'UNKNOWN' ? { name: 'unknown' } : { id: p.license } }],
      })),
    },
    null,
    2,
  )}\n`
