import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const nativeDir = fileURLToPath(new URL('../../native', import.meta.url))

describe('the set-up of the engine', () => {
  let folder: string
  let bin: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ductus-install-'))
    bin = join(folder, 'bin')
    mkdirSync(bin)
    symlinkSync(process.execPath, join(bin, 'node'))
    symlinkSync('/bin/sh', join(bin, 'sh'))
    cpSync(nativeDir, join(folder, 'package', 'native'), {
      recursive: true,
      filter: (source) => source !== join(nativeDir, 'build'),
    })
    const require = createRequire(import.meta.url)
    mkdirSync(join(folder, 'package', 'node_modules'))
    symlinkSync(
      dirname(require.resolve('node-api-headers/package.json')),
      join(folder, 'package', 'node_modules', 'node-api-headers'),
    )
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const install = (env: Record<string, string> = {}) =>
    spawnSync('node', [join(folder, 'package', 'native', 'install.mjs')], {
      encoding: 'utf8',
      env: { PATH: bin, ...env },
    })

  it('says in one line that wasm will be used where there is no compiler', () => {
    const { status, stdout, stderr } = install()
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: '@ductus/backend: no C++ compiler was found; the wasm backend will be used.\n',
      stderr: '',
    })
  })

  it('says so in one line where the compiler fails', () => {
    const { status, stdout, stderr } = install({ CXX: `${process.execPath}` })
    expect(status).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toMatch(
      /^@ductus\/backend: the native addon could not be compiled, see .*error\.log; the wasm backend will be used\.\n$/,
    )
  })
})
