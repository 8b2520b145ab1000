// Packs every package as a release publishes it:
//
//   node tools/release/pack-packages.mjs FOLDER     after `npm run build` and `npm run prebuild -w @ductus/backend`
//
// `@ductus/backend` gets the packages of the engine's binaries as optional dependencies, each of exactly its version, only
// here: in the repository they are on no registry yet, and the engine is built from source.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  backendVersion,
  packageName,
  platformDir,
  platforms,
} from '../../packages/backend/native/platforms.mjs'
import { run } from '../outside/run-command.mjs'
import { root } from '../setup.mjs'

const readManifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** Whether `npm run prebuild` has made a platform's package of this version. */
export const isPrebuilt = (platform) =>
  existsSync(join(platformDir(platform), 'package.json')) &&
  existsSync(join(platformDir(platform), 'ductus.node')) &&
  readManifest(platformDir(platform)).version === backendVersion()

/** Packs all packages and the platforms' that are built, and returns each name's tarball. */
export function packPackages(into) {
  mkdirSync(into, { recursive: true })
  const tarballs = {}
  const add = (folder) => (tarballs[readManifest(folder).name] = pack(folder, into))
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    const folder = join(root, 'packages', name)
    if (name === 'backend') withStagedBackend(folder, add)
    else add(folder)
  }
  for (const platform of Object.keys(platforms).filter(isPrebuilt)) add(platformDir(platform))
  return tarballs
}

function pack(folder, into) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', into]
  const printed = JSON.parse(run('npm', args, folder).stdout)
  const [entry] = Array.isArray(printed) ? printed : Object.values(printed)
  return join(into, entry.filename)
}

function withStagedBackend(folder, work) {
  const stage = mkdtempSync(join(tmpdir(), 'ductus-stage-'))
  try {
    const manifest = readManifest(folder)
    delete manifest.scripts
    for (const file of manifest.files)
      cpSync(join(folder, file), join(stage, file), { recursive: true })
    manifest.optionalDependencies = Object.fromEntries(
      Object.keys(platforms).map((platform) => [packageName(platform), manifest.version]),
    )
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    work(stage)
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = Object.keys(platforms).filter((platform) => !isPrebuilt(platform))
  if (missing.length || !process.argv[2]) {
    console.error(
      missing.length
        ? `pack-packages: no binary of version ${backendVersion()} for ${missing.join(', ')}. Run npm run prebuild -w @ductus/backend.`
        : 'usage: node tools/release/pack-packages.mjs FOLDER',
    )
    process.exit(1)
  }
  for (const [name, file] of Object.entries(packPackages(process.argv[2])))
    console.log(`${name}\t${file}`)
}
