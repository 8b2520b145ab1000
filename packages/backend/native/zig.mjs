// A cross-compiler for all platforms: clang, libc++ and the headers of every target, from PyPI's `ziglang` (413 MB
// unpacked), kept in node_modules/.cache.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const zigVersion = '0.17.1'
const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const cache = join(repository, 'node_modules', '.cache', 'ductus')
const folder = join(cache, `ziglang-${zigVersion}`)
const program = join(folder, 'ziglang', process.platform === 'win32' ? 'zig.exe' : 'zig')

// What it compiles of its own libraries is kept there too.
process.env.ZIG_GLOBAL_CACHE_DIR ??= join(cache, 'zig-cache')

/** Path of the program: `$DUCTUS_ZIG`, or the version that is pinned here, installed by pip where it isn't yet. */
export async function findZig() {
  if (process.env.DUCTUS_ZIG) return process.env.DUCTUS_ZIG
  if (existsSync(program)) return program
  console.error(`Installing ziglang ${zigVersion} from PyPI into ${folder} …`)
  const temporary = `${folder}.${process.pid}.tmp`
  await mkdir(cache, { recursive: true })
  const args = ['-m', 'pip', 'install', '--quiet', '--target', temporary, `ziglang==${zigVersion}`]
  const failures = []
  for (const python of ['python3', 'python']) {
    try {
      await run(python, args)
      await rename(temporary, folder)
      return program
    } catch (error) {
      failures.push(
        `${python}: ${String(error.stderr || error.message)
          .trim()
          .split('\n')
          .at(-1)}`,
      )
      await rm(temporary, { recursive: true, force: true })
    }
  }
  throw new Error(
    `expected Python with pip to install ziglang ${zigVersion} by (${failures.join('; ')}). ` +
      'Install them, or name a zig of that version in DUCTUS_ZIG.',
  )
}

/** The compiler of a target, as `findCompiler` describes one. */
export async function zigCompiler(target) {
  const zig = await findZig()
  const { stdout } = await run(zig, ['version'])
  // Zig turns undefined behaviour into traps unless it is told not to.
  return {
    command: [zig, 'c++', '-target', target, '-fno-sanitize=undefined'],
    version: `zig ${stdout.trim()}`,
  }
}
