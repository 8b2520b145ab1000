import type { Options } from 'tsup'

/** The one build recipe: ESM and CJS with types and source maps, from the named entries. */
export function library(entry: Record<string, string>, extra: Options = {}): Options {
  return {
    entry,
    format: ['esm', 'cjs'],
    target: 'node20',
    platform: 'node',
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    tsconfig: 'tsconfig.build.json',
    sourcemap: true,
    splitting: true,
    clean: true,
    shims: true,
    ...extra,
  }
}
