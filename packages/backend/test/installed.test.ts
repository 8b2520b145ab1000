import type { BackendChoice, BackendReport } from '@ductus/backend'
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binaryPlatforms, platformOf, thisMachine } from '../src/native/machine.js'
import { addonPath, hasAddon } from './native-addon/load-addon.js'
import { type Installed, installedCopy } from './support/installed-copy.js'
import { runNode } from './support/run-node.js'

const platform = platformOf(thisMachine())
let installed: Installed

beforeAll(async () => {
  installed = await installedCopy()
})
afterAll(() => installed.remove())

const train = (useBackend: string, tf: string) => `
  const { name } = await ${useBackend}('wasm')
  const f = (w) => ${tf}.sum(${tf}.conv2d(${tf}.ones([1, 4, 4, 1]), w, 1, 'same'))
  const gradient = ${tf}.grad(f)(${tf}.ones([3, 3, 1, 1]))
  process.stdout.write(name + ' ' + (await gradient.data()).join())`
const trained = 'wasm 9,12,9,12,16,12,9,12,9'

describe('the installed package', () => {
  it('trains from an ES module, and prints nothing of its own', async () => {
    const file = await installed.write(
      'main.mjs',
      `import { useBackend } from '@ductus/backend'
       import * as tf from '@tensorflow/tfjs-core'
       ${train('useBackend', 'tf')}`,
    )
    expect(await runNode([file])).toEqual({ code: 0, stdout: trained, stderr: '' })
  })

  it('trains from CommonJS, and prints nothing of its own', async () => {
    const file = await installed.write(
      'main.cjs',
      `const { useBackend } = require('@ductus/backend')
       const tf = require('@tensorflow/tfjs-core')
       ;(async () => {${train('useBackend', 'tf')}})()`,
    )
    expect(await runNode([file])).toEqual({ code: 0, stdout: trained, stderr: '' })
  })

  it('agrees with its other copy when both module systems load it', async () => {
    const file = await installed.write(
      'both.mjs',
      `import { createRequire } from 'node:module'
       import * as esm from '@ductus/backend'
       import * as tf from '@tensorflow/tfjs-core'
       const cjs = createRequire(import.meta.url)('@ductus/backend')
       await esm.useBackend('cpu')
       await esm.useBackend('wasm')
       await cjs.useBackend('wasm')
       if (esm.activeBackend().name !== 'wasm') throw new Error('disagree')
       cjs.assertBackendReady()
       ${train('cjs.useBackend', 'tf')}`,
    )
    expect(await runNode([file])).toEqual({ code: 0, stdout: trained, stderr: '' })
  })

  it('finds the .wasm files when all of it is bundled into one file', async () => {
    const entry = await installed.write(
      'bundled-entry.mjs',
      `import { useBackend } from '@ductus/backend'
       import * as tf from '@tensorflow/tfjs-core'
       ;(async () => {${train('useBackend', 'tf')}})()`,
    )
    const outfile = join(installed.folder, 'deep/down/bundled.cjs')
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'silent',
      mainFields: ['main'],
    })
    expect(await runNode([outfile], { cwd: '/' })).toEqual({ code: 0, stdout: trained, stderr: '' })
  })

  it('leaves an uncaught error to Node: no wall of minified code', async () => {
    const file = await installed.write(
      'throws.mjs',
      `import { useBackend } from '@ductus/backend'
       await useBackend('wasm')
       setTimeout(() => { throw new Error('of my own') })`,
    )
    const { code, stderr } = await runNode([file])
    expect(code).toBe(1)
    expect(stderr).toContain('Error: of my own')
    expect(stderr.length).toBeLessThan(2000)
  })

  it('says in one message that a second tfjs-core is loaded', async () => {
    const second = await installed.copyPackage('@tensorflow/tfjs-core')
    // Its own dependencies come from where the first copy has them.
    const first = dirname(
      createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'),
    )
    const file = await installed.write(
      'second.mjs',
      `import { createRequire } from 'node:module'
       const require = createRequire(import.meta.url)
       process.env.NODE_PATH = ${JSON.stringify(join(first, '../..'))}
       require('node:module').Module._initPaths()
       require(${JSON.stringify(second)})
       const { useBackend } = await import('@ductus/backend')
       await useBackend('wasm').catch((error) => process.stdout.write(error.code + ' ' + error.message))`,
    )
    const { stdout, stderr } = await runNode([file])
    expect(stdout).toMatch(/^SECOND_CORE useBackend: expected one copy of @tensorflow\/tfjs-core/)
    expect(stdout).toContain(second)
    expect(stdout.split('\n')).toHaveLength(1)
    expect(stderr).not.toMatch(/already registered/)
  })
})

describe('TensorFlow’s own bindings', () => {
  const ask = (name: string) => `
    import { useBackend } from '@ductus/backend'
    await useBackend('${name}').then(
      (choice) => process.stdout.write(JSON.stringify(choice)),
      (error) => process.stdout.write(error.code + ' ' + error.message),
    )`

  it('are named as missing where a GPU is seen', async () => {
    const tools = join(installed.folder, 'tools')
    await mkdir(tools, { recursive: true })
    // A stand-in for the driver's tool, which this machine may not have.
    const tool = await installed.write('tools/nvidia-smi', '#!/bin/sh\necho "NVIDIA T4, 550.54"\n')
    await chmod(tool, 0o755)
    const file = await installed.write('gpu.mjs', ask('auto'))
    const { stdout } = await runNode([file], {
      env: { PATH: `${tools}:${process.env['PATH']}`, CUDA_VISIBLE_DEVICES: '0' },
    })
    const { skipped } = JSON.parse(stdout) as BackendChoice
    expect(skipped[0]).toEqual({
      name: 'tensorflow-gpu',
      reason:
        'NVIDIA T4 seen, but @tensorflow/tfjs-node-gpu is not installed (npm install @tensorflow/tfjs-node-gpu)',
    })
  })

  it('are not available where the package is missing', async () => {
    const file = await installed.write('missing.mjs', ask('tensorflow'))
    const { stdout } = await runNode([file])
    expect(stdout).toMatch(/^UNAVAILABLE .*@tensorflow\/tfjs-node is not installed/)
  })

  it('are not available where the binding is missing', async () => {
    await installed.addPackage(
      '@tensorflow/tfjs-node',
      `throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found at path: /x")`,
    )
    const file = await installed.write('unbound.mjs', ask('tensorflow'))
    const { stdout } = await runNode([file])
    expect(stdout).toMatch(/^UNAVAILABLE .*installed without its binding/)
  })

  it('leave nothing behind when both fail after registering their kernels', async () => {
    const failing = `
      const tf = require('@tensorflow/tfjs-core')
      tf.registerKernel({ kernelName: 'Abs', backendName: 'tensorflow', kernelFunc: () => [] })
      throw new Error('tfjs_binding.node can not be found')`
    await installed.addPackage('@tensorflow/tfjs-node', failing)
    await installed.addPackage('@tensorflow/tfjs-node-gpu', failing)
    const tool = await installed.write('tools/nvidia-smi', '#!/bin/sh\necho "NVIDIA T4, 550.54"\n')
    await chmod(tool, 0o755)
    const file = await installed.write(
      'both-fail.mjs',
      `import { listBackends, useBackend } from '@ductus/backend'
       await listBackends()
       const reports = await listBackends()
       const { name } = await useBackend('auto')
       const reasons = reports.filter(({ reason }) => reason?.includes('without its binding'))
       process.stdout.write(reasons.map(({ name }) => name).join() + ' then ' + name)`,
    )
    const { stdout, stderr } = await runNode([file], {
      env: {
        PATH: `${join(installed.folder, 'tools')}:${process.env['PATH']}`,
        CUDA_VISIBLE_DEVICES: '0',
      },
    })
    expect(stdout).toBe('tensorflow-gpu,tensorflow then wasm')
    expect(stderr).toBe('')
  })

  it('find the util functions that Node 23 removed', async () => {
    await installed.addPackage(
      '@tensorflow/tfjs-node',
      `const util = require('util')
       const answers = [util.isNullOrUndefined(undefined), util.isString('a'), util.isPrimitive({})]
       throw new Error('reached with ' + answers)`,
    )
    const file = await installed.write(
      'removed.mjs',
      `import util from 'node:util'
       for (const name of ['isNullOrUndefined', 'isString', 'isPrimitive']) delete util[name]
       ${ask('tensorflow')}`,
    )
    const { stdout } = await runNode([file])
    expect(stdout).toContain('failed to load: reached with true,true,false')
  })
})

describe('the engine of the installed package', () => {
  const nativeReport = async (env: Record<string, string> = {}): Promise<BackendReport> => {
    const file = await installed.write(
      'native.mjs',
      `import { listBackends } from '@ductus/backend'
       const reports = await listBackends({ gpu: false })
       process.stdout.write(JSON.stringify(reports.find(({ name }) => name === 'native')))`,
    )
    const { stdout } = await runNode([file], { env })
    return JSON.parse(stdout) as BackendReport
  }

  it.runIf(binaryPlatforms.includes(platform))(
    'names the package of this platform where it is left out, and the command of the manager in use',
    async () => {
      const commands = {
        'npm/12.0.0 node/v22.0.0': 'npm install ',
        'pnpm/12.0.0 npm/? node/v22.0.0': 'pnpm add ',
        'yarn/4.18.0 npm/? node/v22.0.0': 'yarn add ',
        'bun/1.4.0': 'bun add ',
        'deno/2.9.0': 'deno add npm:',
      }
      for (const [agent, command] of Object.entries(commands)) {
        const { available, reason } = await nativeReport({ npm_config_user_agent: agent })
        expect(available).toBe(false)
        expect(reason).toBe(
          `@ductus/backend-${platform} is not installed (optional dependencies were left out): ` +
            `run ${command}@ductus/backend-${platform}@0.0.0`,
        )
      }
    },
  )

  it.skipIf(!hasAddon)("computes with the binary of this platform's package", async () => {
    const name = `@ductus/backend-${platform}`
    await installed.addPackage(name, '')
    const folder = join(installed.folder, 'node_modules', name)
    await cp(addonPath, join(folder, 'ductus.node'))
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name, main: 'ductus.node' }))
    const { available, description } = await nativeReport()
    expect(available).toBe(true)
    expect(description).toContain('prebuilt by')
  })
})
