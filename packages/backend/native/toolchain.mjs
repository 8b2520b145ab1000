// Finds a compiler and builds the addon with it. Node.js' own modules and the headers' package only.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const nativeDir = dirname(fileURLToPath(import.meta.url))
const sourceDir = join(nativeDir, 'src')

export const buildDir = join(nativeDir, 'build')
export const builtAddon = join(buildDir, 'ductus.node')

// fp-contract: a product and a sum become one fused instruction, with g++ and clang++ alike.
const commonFlags = ['-std=c++20', '-fPIC', '-pthread', '-fvisibility=hidden']
const warningFlags = ['-Wall', '-Wextra', '-Wno-unknown-pragmas']
const kernelFlags = ['-O3', '-ffp-contract=fast', '-fno-math-errno', '-fno-trapping-math']

/** Instruction sets that the kernels are compiled for, each with its flags. */
export const instructionSets = {
  x64: {
    avx512: [
      '-mavx512f',
      '-mavx512bw',
      '-mavx512dq',
      '-mavx512vl',
      '-mavx2',
      '-mfma',
      '-mprefer-vector-width=512',
    ],
    avx2: ['-mavx2', '-mfma'],
    portable: [],
  },
  other: { portable: [] },
}

/** The compiler as [command, …arguments], or null: `$CXX` first, then what is on the path. */
export async function findCompiler(env = process.env) {
  const candidates = [env.CXX, 'g++', 'clang++', 'c++'].filter(Boolean)
  for (const candidate of candidates) {
    const command = candidate.trim().split(/\s+/)
    try {
      const { stdout } = await run(command[0], [...command.slice(1), '--version'])
      return { command, version: stdout.split('\n', 1)[0] }
    } catch {
      // Not there, or not a compiler: try the next.
    }
  }
  return null
}

/** Every object file to make: its source and the flags it is compiled with. */
export async function compileUnits({ arch = process.arch, extraFlags = [] } = {}) {
  const sources = async (folder) =>
    (await readdir(join(sourceDir, folder)))
      .filter((name) => name.endsWith('.cc'))
      .sort()
      .map((name) => join(sourceDir, folder, name))
  const units = []
  const add = (source, prefix, flags) =>
    units.push({
      source,
      object: `${prefix}-${basename(source, '.cc')}.o`,
      flags: [...commonFlags, ...warningFlags, ...flags, ...extraFlags],
    })
  const sets = instructionSets[arch] ?? instructionSets.other
  for (const source of await sources('kernels'))
    for (const [name, flags] of Object.entries(sets))
      add(source, name, [`-DDUCTUS_ISA=${name}`, ...kernelFlags, ...flags])
  for (const source of await sources('engine')) add(source, 'engine', ['-O2'])
  for (const source of await sources('addon'))
    add(source, 'addon', ['-O1', `-I${nodeApi().headers}`])
  return units
}

/** `node-api-headers`: the folder of its C headers, and the lists of what a node.exe exports. */
export function nodeApi() {
  const { include_dir: headers, def_paths: exported } = createRequire(import.meta.url)(
    'node-api-headers',
  )
  return { headers, exported: Object.values(exported) }
}

/** Hash of everything an object was made from, by the list of files that the compiler left beside it; null without one. */
async function stampOf(compiler, flags, object) {
  const list = await readText(`${object}.d`)
  if (list === null) return null
  const hash = createHash('sha256').update(JSON.stringify([compiler, flags]))
  const files = list
    .split(/\s+/)
    .filter(
      (word) => word.startsWith(nativeDir) && !word.startsWith(buildDir) && !word.endsWith(':'),
    )
    .sort()
  for (const file of files) hash.update(file).update((await readText(file)) ?? '')
  return hash.digest('hex')
}

/** Runs `task` on each item, as many at a time as there are cores. */
async function inParallel(items, task) {
  const queue = items.values()
  const work = async () => {
    for (const item of queue) await task(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
}

/** Compiles the units whose sources or flags have changed since the last time, and returns how many. */
export async function compile(compiler, units, objectDir) {
  await mkdir(objectDir, { recursive: true })
  const [command, ...first] = compiler.command
  let compiled = 0
  await inParallel(units, async ({ source, object, flags }) => {
    const path = join(objectDir, object)
    const before = await readText(`${path}.stamp`)
    if (before !== null && before === (await stampOf(compiler, flags, path))) return
    await rm(`${path}.stamp`, { force: true })
    const dependencies = ['-MMD', '-MF', `${path}.d`]
    await run(command, [...first, ...flags, ...dependencies, '-c', source, '-o', path], {
      maxBuffer: 1 << 26,
    })
    await writeFile(`${path}.stamp`, await stampOf(compiler, flags, path))
    compiled++
  })
  return compiled
}

async function readText(path) {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}

function linkFlags(platform) {
  // Not -bundle: zig's linker crashes after it has written one.
  if (platform === 'darwin') return ['-shared', '-undefined', 'dynamic_lookup']
  if (platform === 'win32') return ['-shared']
  // The pool's threads run in this library's code for as long as the process lives: it is never unloaded, not even
  // when the worker_thread that loaded it ends.
  return ['-shared', '-Wl,-z,nodelete', '-Wl,-z,relro,-z,now']
}

/** Builds this machine's addon into build/ductus.node: see `buildWith`. Throws in one line where there is no compiler. */
export async function buildAddon() {
  if (process.platform === 'win32')
    throw new Error('on Windows the engine is not built here, it comes as a package')
  const compiler = await findCompiler()
  if (!compiler) throw new Error('no C++ compiler was found')
  return buildWith(compiler, { output: builtAddon, objectDir: join(buildDir, 'obj') })
}

/**
 * Compiles what has changed, links the addon and returns how many files were compiled. A compiler's own failure is thrown as
 * it is.
 */
export async function buildWith(
  compiler,
  { output, objectDir, platform = process.platform, arch = process.arch, extraLink = [] },
) {
  const units = await compileUnits({ arch })
  const compiled = await compile(compiler, units, objectDir)
  const objects = units.map(({ object }) => join(objectDir, object))
  await mkdir(dirname(output), { recursive: true })
  // The objects may have been compiled by another build than the one that linked last.
  const stamps = await Promise.all(objects.map((object) => readText(`${object}.stamp`)))
  const stamp = JSON.stringify([compiler, extraLink, stamps])
  const stampPath = join(objectDir, 'linked.stamp')
  if ((await readText(stampPath)) === stamp && (await exists(output))) return 0
  const [command, ...first] = compiler.command
  // What a linker leaves beside its output stays with the objects.
  const temporary = join(objectDir, `linked.${process.pid}.node`)
  const link = [...first, '-pthread', ...linkFlags(platform), '-o', temporary]
  await run(command, [...link, ...objects, ...extraLink])
  // A process that has the old one loaded keeps it.
  await rename(temporary, output)
  await writeFile(stampPath, stamp)
  return compiled
}

async function exists(path) {
  return readFile(path).then(
    () => true,
    () => false,
  )
}

/** Whether this Node.js can load the addon: asked in a process of its own, which a bad binary may crash. */
export async function isLoadable(path) {
  if (!(await exists(path))) return false
  try {
    await run(process.execPath, ['-e', `require(${JSON.stringify(path)})`], {
      env: { ...process.env, DUCTUS_ISA: '', DUCTUS_THREADS: '' },
    })
    return true
  } catch {
    return false
  }
}

/** Removes everything that was built here. */
export const clean = () => rm(buildDir, { recursive: true, force: true })
