// The addon inside Node.js under AddressSanitizer and UndefinedBehaviorSanitizer: its own tests, worker threads and a
// short training, all with an instrumented addon in place of the real one.
//
//   node native/test/addon-sanitized.mjs
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildDir, compile, compileUnits, findCompiler } from '../toolchain.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..')
const folder = join(buildDir, 'sanitized')
const addon = join(folder, 'ductus.node')
const compiler = await findCompiler()
if (!compiler) throw new Error('no C++ compiler was found')
const [command, ...first] = compiler.command
const sanitize = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined']
// The same flags as the self-test's, so that the kernels are compiled for both once.
const units = await compileUnits({ extraFlags: [...sanitize, '-O1', '-DDUCTUS_SANITIZE'] })
await compile(compiler, units, folder)
const objects = units.map(({ object }) => join(folder, object))
const link = [...first, '-pthread', '-shared', '-Wl,-z,nodelete', ...sanitize, '-o', addon]
execFileSync(command, [...link, ...objects], { stdio: 'inherit' })

// Whatever asks for the addon, in worker threads and child processes too, gets the instrumented one.
const preload = join(folder, 'use-sanitized.cjs')
mkdirSync(folder, { recursive: true })
writeFileSync(
  preload,
  `const open = process.dlopen
process.dlopen = (module, path, ...flags) =>
  open(module, path.endsWith('ductus.node') ? ${JSON.stringify(addon)} : path, ...flags)
`,
)
const runtime = execFileSync(command, [...first, '-print-file-name=libasan.so'], {
  encoding: 'utf8',
}).trim()
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...['arguments', 'environments', 'addon'].map(
      (name) => `packages/backend/test/native-addon/${name}.test.ts`,
    ),
    'packages/backend/test/native/same-bits.test.ts',
    // A sanitizer keeps freed memory back, so what is said of memory does not hold under it.
    ...['--testNamePattern', '^(?!.*(keeps little|does not grow))'],
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      LD_PRELOAD: runtime,
      // V8's memory is not the sanitizer's, so leaks cannot be told from what JavaScript holds.
      ASAN_OPTIONS: 'detect_leaks=0:halt_on_error=1',
      NODE_OPTIONS: `--require ${preload}`,
    },
  },
)
process.exitCode = status ?? 1
