// Cross-compiles the engine and makes an npm package of each binary, `platforms/<platform>`:
//
//   npm run prebuild [-- PLATFORM …]      all of them, or those named; `host`: this machine's
//
// What was compiled before is kept in build/<platform> and reused while sources, flags and compiler are the same.
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { checkBinary } from './check-binary.mjs'
import {
  backendVersion,
  hostPlatform,
  packageName,
  platformAddon,
  platformDir,
  platforms,
} from './platforms.mjs'
import { buildDir, buildWith, isLoadable, nodeApi } from './toolchain.mjs'
import { findZig, zigCompiler } from './zig.mjs'

const packageDir = dirname(import.meta.dirname)

/** The addon's import library on Windows: what node.exe exports, by the lists of `node-api-headers`. */
async function nodeLibrary(folder) {
  const lists = await Promise.all(nodeApi().exported.map((path) => readFile(path, 'utf8')))
  const symbols = lists.flatMap((list) => list.split(/\r?\n/).slice(2)).filter(Boolean)
  const definition = join(folder, 'node.def')
  const library = join(folder, 'node.lib')
  await mkdir(folder, { recursive: true })
  await writeFile(definition, `NAME NODE.EXE\nEXPORTS\n${symbols.join('\n')}\n`)
  const args = ['dlltool', '-m', 'i386:x86-64', '-D', 'node.exe', '-d', definition, '-l', library]
  await promisify(execFile)(await findZig(), args)
  return library
}

async function writePackage(platform) {
  const { os, cpu, libc } = platforms[platform]
  const folder = platformDir(platform)
  const name = packageName(platform)
  const manifest = {
    name,
    version: backendVersion(),
    description: `The native engine of @ductus/backend for ${platform}`,
    license: 'MIT',
    os: [os],
    cpu: [cpu],
    ...(libc ? { libc: [libc] } : {}),
    engines: { node: '>=20.19' },
    main: 'ductus.node',
    files: ['ductus.node', 'THIRD_PARTY_NOTICES.md'],
    // Yarn keeps packages zipped: the system loads no library out of a zip file.
    preferUnplugged: true,
    publishConfig: { access: 'public' },
  }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await writeFile(
    join(folder, 'README.md'),
    `# ${name}\n\nThe native engine of \`@ductus/backend\` for ${platform}: one Node-API addon for every Node from 20 on. ` +
      '`@ductus/backend` installs it where it fits; there is nothing in it to import.\n',
  )
  await cp(join(packageDir, 'LICENSE'), join(folder, 'LICENSE'))
  await writeFile(join(folder, 'THIRD_PARTY_NOTICES.md'), await notices(os))
}

/** Licences of what is linked into the binaries. */
async function notices(os) {
  const library = join(dirname(await findZig()), 'lib')
  const parts = {
    'libc++, libc++abi, libunwind and compiler-rt (LLVM)': 'libcxx/LICENSE.TXT',
    ...(os === 'win32' ? { 'mingw-w64 runtime': 'libc/mingw/COPYING' } : {}),
  }
  const texts = Object.entries(parts).map(
    async ([title, file]) =>
      `## ${title}\n\n\`\`\`\n${(await readFile(join(library, file), 'utf8')).trim()}\n\`\`\`\n`,
  )
  return `# What this binary contains\n\n${(await Promise.all(texts)).join('\n')}`
}

async function prebuild(platform) {
  const { target, os, cpu } = platforms[platform]
  const start = performance.now()
  const output = platformAddon(platform)
  const objectDir = join(buildDir, platform)
  const extraLink = os === 'win32' ? [await nodeLibrary(objectDir)] : []
  const compiler = await zigCompiler(target)
  const compiled = await buildWith(compiler, {
    output,
    objectDir,
    platform: os,
    arch: cpu,
    extraLink: [...extraLink, '-s'],
  })
  await checkBinary(output, platform)
  if (platform === hostPlatform() && !(await isLoadable(output)))
    throw new Error('the addon was built but does not load')
  await writePackage(platform)
  const { size } = await stat(output)
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  console.log(
    `${relative(process.cwd(), output)}: ${(size / 1e6).toFixed(2)} MB, ${compiled} files compiled in ${seconds} s`,
  )
}

const asked = process.argv.slice(2).map((name) => (name === 'host' ? hostPlatform() : name))
const unknown = asked.filter((name) => !(name in platforms))
try {
  if (unknown.length)
    throw new Error(
      `expected platforms of ${Object.keys(platforms).join(', ')}, received ${unknown.join(', ')}`,
    )
  for (const platform of asked.length ? asked : Object.keys(platforms)) await prebuild(platform)
} catch (error) {
  console.error(
    `prebuild: ${error.stderr || error.message}`.slice(0, 4000),
    error.signal ?? error.code ?? '',
  )
  process.exitCode = 1
}
