// The platforms that get a binary of the engine, each as an npm package of its own: `@ductus/backend-<name>`.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageDir = dirname(dirname(fileURLToPath(import.meta.url)))

/** The oldest glibc that the binaries for Linux run on. */
export const oldestGlibc = '2.28'

/** For each its compiler's name of the target, and what npm asks of a machine. */
export const platforms = {
  'linux-x64-gnu': {
    target: `x86_64-linux-gnu.${oldestGlibc}`,
    os: 'linux',
    cpu: 'x64',
    libc: 'glibc',
  },
  'linux-arm64-gnu': {
    target: `aarch64-linux-gnu.${oldestGlibc}`,
    os: 'linux',
    cpu: 'arm64',
    libc: 'glibc',
  },
  'linux-x64-musl': { target: 'x86_64-linux-musl', os: 'linux', cpu: 'x64', libc: 'musl' },
  'darwin-arm64': { target: 'aarch64-macos.11.0', os: 'darwin', cpu: 'arm64' },
  'darwin-x64': { target: 'x86_64-macos.11.0', os: 'darwin', cpu: 'x64' },
  'win32-x64': { target: 'x86_64-windows-gnu', os: 'win32', cpu: 'x64' },
}

/** Name of this machine's platform; undefined where there is no package for it. */
export function hostPlatform() {
  const { glibcVersionRuntime } = process.report.getReport().header
  const libc = glibcVersionRuntime ? 'glibc' : 'musl'
  return Object.keys(platforms).find((name) => {
    const { os, cpu, libc: wanted } = platforms[name]
    return os === process.platform && cpu === process.arch && (!wanted || wanted === libc)
  })
}

export const packageName = (platform) => `@ductus/backend-${platform}`
/** Folder that `npm run prebuild` writes a platform's package into. */
export const platformDir = (platform) => join(packageDir, 'platforms', platform)
export const platformAddon = (platform) => join(platformDir(platform), 'ductus.node')

/** Version of `@ductus/backend`; its platforms' packages have the same. */
export const backendVersion = () =>
  JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')).version
