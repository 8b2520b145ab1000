import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hostPlatform, oldestGlibc as builtFor, platforms } from '../../native/platforms.mjs'
import { findAddon, whyMissing } from '../../src/native/find-addon.js'
import {
  binaryPlatforms,
  hasOldGlibc,
  oldestGlibc,
  platformOf,
  thisMachine,
} from '../../src/native/machine.js'
import { addCommand } from '../../src/native/package-manager.js'
import { hasAddon } from './load-addon.js'

const linux = (cpu: string, glibc?: string) => ({ os: 'linux', cpu, glibc })

describe('the engine for a machine', () => {
  it('has a package for each platform that prebuild knows, by the same names', () => {
    expect(binaryPlatforms).toEqual(Object.keys(platforms))
    expect(oldestGlibc).toBe(builtFor)
    expect(hostPlatform() ?? platformOf(thisMachine())).toBe(platformOf(thisMachine()))
  })

  it('says for which platforms there is one', () => {
    const reason = whyMissing({ os: 'freebsd', cpu: 'x64' }, '1.2.3')
    expect(reason).toBe(
      `there is no package with a binary for freebsd-x64, only for ${binaryPlatforms.join(', ')}`,
    )
    expect(whyMissing(linux('arm64'), '1.2.3')).toContain('for linux-arm64-musl')
  })

  it('says that glibc is too old before it tries the binary', () => {
    for (const glibc of ['2.17', '2.27', '1.99']) {
      expect(hasOldGlibc(linux('x64', glibc))).toBe(true)
      expect(whyMissing(linux('x64', glibc), '1.2.3')).toBe(
        `this system's glibc ${glibc} is too old, its binary needs 2.28 or later (Debian 10, Ubuntu 20.04, RHEL 8)`,
      )
    }
    for (const glibc of ['2.28', '2.41', '3.0', undefined]) {
      expect(hasOldGlibc(linux('x64', glibc))).toBe(false)
    }
  })

  it('names the package and its version where it is not installed', () => {
    const reason = whyMissing(linux('x64'), '1.2.3')
    expect(reason).toContain('@ductus/backend-linux-x64-musl is not installed')
    expect(reason).toContain('@ductus/backend-linux-x64-musl@1.2.3')
  })

  it.skipIf(!hasAddon)('is the one that was built here, in the repository', () => {
    expect(findAddon()).toMatchObject({ origin: 'built' })
  })
})

describe('addCommand', () => {
  it.each([
    ['package-lock.json', 'npm install a@1'],
    ['pnpm-lock.yaml', 'pnpm add a@1'],
    ['yarn.lock', 'yarn add a@1'],
    ['bun.lock', 'bun add a@1'],
    ['bun.lockb', 'bun add a@1'],
    ['deno.lock', 'deno add npm:a@1'],
  ])('goes by the nearest lock file: %s', (file, command) => {
    const root = mkdtempSync(join(tmpdir(), 'ductus-manager-'))
    try {
      const folder = join(root, 'packages', 'one')
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(root, file), '')
      expect(addCommand('a@1', { env: {}, folder })).toBe(command)
      expect(addCommand('a@1', { env: { npm_config_user_agent: 'pnpm/9' }, folder })).toBe(
        'pnpm add a@1',
      )
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })

  it('is npm where nothing tells', () => {
    expect(addCommand('a@1', { env: {}, folder: '/' })).toBe('npm install a@1')
  })
})
