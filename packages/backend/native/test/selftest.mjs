// Builds and runs the kernels' self-test, without Node-API, or their bench:
//
//   node native/test/selftest.mjs [--sanitize | --valgrind | --arm | --platform NAME] [-- --seed N --rounds N --isa NAME --only TOPIC]
//   node native/test/selftest.mjs --bench [-- --isa NAME --threads N --only TEXT --repeats N]
//
// --platform: the objects of that platform's package, as prebuild.mjs compiles them, run by what runs programs of it: qemu,
// wine or musl's loader.
// --arm: cross-compiled with $CXX and run under qemu-aarch64; see qemu.sh.
// --sanitize: AddressSanitizer and UndefinedBehaviorSanitizer. --valgrind: under valgrind (it lacks AVX-512, so pass
// `-- --isa avx2` or `-- --isa portable`).
import { execFile, spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { platforms } from '../platforms.mjs'
import { buildDir, compile, compileUnits, findCompiler } from '../toolchain.mjs'
import { zigCompiler } from '../zig.mjs'

const testDir = dirname(fileURLToPath(import.meta.url))
const split = process.argv.indexOf('--')
const own = process.argv.slice(2, split < 0 ? undefined : split)
const passed = split < 0 ? [] : process.argv.slice(split + 1)

const platform = own.includes('--platform') ? own[own.indexOf('--platform') + 1] : undefined
if (platform !== undefined && !(platform in platforms))
  throw new Error(
    `expected a platform of ${Object.keys(platforms).join(', ')}, received ${platform}`,
  )
const compiler = platform ? await zigCompiler(platforms[platform].target) : await findCompiler()
if (!compiler) throw new Error('no C++ compiler was found')
const sanitize = own.includes('--sanitize')
const sanitizeFlags = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined']
const arm = own.includes('--arm')
const extraFlags = sanitize ? [...sanitizeFlags, '-O1', '-DDUCTUS_SANITIZE'] : []
const arch = platform ? platforms[platform].cpu : arm ? 'arm64' : process.arch
const kernels = (await compileUnits({ extraFlags, arch })).filter(
  ({ object }) => !object.startsWith('addon-'),
)
const name = own.includes('--bench') ? 'bench' : 'selftest'
const sourceDir = name === 'bench' ? join(testDir, 'bench') : testDir
const tests = (await readdir(sourceDir))
  .filter((name) => name.endsWith('.cc'))
  .map((name) => ({
    source: join(sourceDir, name),
    object: `test-${basename(name, '.cc')}.o`,
    flags: ['-std=c++20', '-O1', '-Wall', '-Wextra', ...extraFlags],
  }))
const folder = join(buildDir, platform ? platform : arm ? 'arm64' : sanitize ? 'sanitized' : 'obj')
try {
  await compile(compiler, [...kernels, ...tests], folder)
} catch (error) {
  console.error(error.stderr || error.message)
  process.exit(1)
}
const [command, ...first] = compiler.command
const program = join(folder, platform === 'win32-x64' ? `${name}.exe` : name)
const objects = [...kernels, ...tests].map(({ object }) => join(folder, object))
await promisify(execFile)(command, [
  ...first,
  '-pthread',
  ...(sanitize ? sanitizeFlags : []),
  ...(arm ? ['-static'] : []),
  '-o',
  program,
  ...objects,
])

const line = own.includes('--valgrind')
  ? [
      'valgrind',
      '--quiet',
      '--error-exitcode=1',
      '--leak-check=full',
      '--show-leak-kinds=definite,possible',
      '--errors-for-leak-kinds=definite,possible',
      `--suppressions=${join(testDir, 'valgrind.supp')}`,
      program,
      ...passed,
    ]
  : [...runner(), program, ...passed]
const { status } = spawnSync(line[0], line.slice(1), { stdio: 'inherit' })
process.exitCode = status ?? 1

/** What runs a program of the platform here; nothing where it is this machine's own. */
function runner() {
  if (arm) return ['qemu-aarch64']
  if (platform === 'linux-arm64-gnu' && process.arch !== 'arm64')
    return ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu']
  if (platform === 'win32-x64' && process.platform !== 'win32') return ['wine64']
  return []
}
