// Reads from a binary of the engine what it wants of the machine that loads it, so that a build which wants more than was
// promised fails where it is made. ELF, Mach-O and PE, no tool needed.
import { readFile } from 'node:fs/promises'
import { oldestGlibc, platforms } from './platforms.mjs'

/** Throws where a binary is for another machine than its platform's, or wants libraries or versions beyond it. */
export async function checkBinary(path, platform) {
  const { os, cpu, libc } = platforms[platform]
  const bytes = await readFile(path)
  const problems = (os === 'linux' ? elf : os === 'darwin' ? machO : pe)(bytes, cpu, libc)
  if (problems.length)
    throw new Error(`expected ${path} to run on ${platform}, received ${problems.join('; ')}`)
}

const names = (bytes, pattern) => [...new Set(bytes.toString('latin1').match(pattern) ?? [])]

function elf(bytes, cpu, libc) {
  const problems = []
  const machine = bytes.readUInt16LE(18)
  if (bytes.toString('latin1', 1, 4) !== 'ELF' || machine !== { x64: 62, arm64: 183 }[cpu])
    problems.push(`no ELF file for ${cpu}`)
  const libraries = names(
    bytes,
    /\blib[a-z+_]+(-[\d.]+)?\.so(\.\d+)*|\bld-[a-z0-9_-]+\.so(\.\d+)*/g,
  )
  const usual =
    libc === 'musl'
      ? /^libc(\.musl-x86_64)?\.so(\.1)?$/
      : /^(libc|libm|libpthread|libdl|librt|ld-linux-(x86-64|aarch64))\.so\.\d$/
  for (const library of libraries) if (!usual.test(library)) problems.push(`library ${library}`)
  const [, most] = oldestGlibc.split('.')
  for (const version of names(bytes, /GLIBC_2\.\d+(\.\d+)?/g))
    if (libc === 'musl' || Number(version.split('.')[1]) > Number(most)) problems.push(version)
  if (names(bytes, /GLIBCXX_[\d.]+/g).length) problems.push('a C++ runtime that is not linked in')
  return problems
}

function machO(bytes, cpu) {
  const problems = []
  if (
    bytes.readUInt32LE(0) !== 0xfeedfacf ||
    bytes.readUInt32LE(4) !== { x64: 0x01000007, arm64: 0x0100000c }[cpu]
  )
    return [`no Mach-O file for ${cpu}`]
  for (let i = 0, at = 32; i < bytes.readUInt32LE(16); i++, at += bytes.readUInt32LE(at + 4)) {
    const command = bytes.readUInt32LE(at) & 0x7fffffff
    if (command === 0xc) {
      const library = bytes.toString(
        'latin1',
        at + bytes.readUInt32LE(at + 8),
        at + bytes.readUInt32LE(at + 4),
      )
      const name = library.replace(/\0.*$/s, '')
      if (name !== '/usr/lib/libSystem.B.dylib') problems.push(`library ${name}`)
    }
    // LC_BUILD_VERSION
    if (command === 0x32 && bytes.readUInt32LE(at + 12) > 11 << 16)
      problems.push(`macOS ${bytes.readUInt32LE(at + 12) >> 16}`)
  }
  return problems
}

function pe(bytes) {
  const at = bytes.readUInt32LE(0x3c)
  if (bytes.toString('latin1', at, at + 2) !== 'PE' || bytes.readUInt16LE(at + 4) !== 0x8664)
    return ['no PE file for x64']
  const libraries = names(bytes, /[A-Za-z0-9_-]+\.(dll|exe)\b/gi)
  if (!libraries.some((name) => name.toLowerCase() === 'node.exe')) return ['no import of node.exe']
  const usual =
    /^(node\.exe|ductus\.(dll|node)|(kernel32|ntdll|msvcrt|api-ms-win-[a-z0-9-]+)\.dll)$/i
  return libraries.filter((name) => !usual.test(name)).map((name) => `library ${name}`)
}
