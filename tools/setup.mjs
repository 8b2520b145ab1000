// Brings a clone to where it can build and test: installs what the lock names and builds the native engine. Does nothing
// when both are up to date.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.ductus-installed')

/** Runs a command in the repository's root with its output shown; ends the process with its code when it fails. */
export function must(command, args, options = {}) {
  const { error, status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) {
    console.error(`setup: could not run ${command}: ${error.message}`)
    process.exit(1)
  }
  if (status !== 0) process.exit(status ?? 1)
}

/** What an installation depends on: the lock and every package.json. */
function wanted() {
  const hash = createHash('sha256')
  const manifests = readdirSync(join(root, 'packages')).map((name) =>
    join('packages', name, 'package.json'),
  )
  for (const file of ['package-lock.json', 'package.json', ...manifests.sort()])
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** Whether node_modules is what the lock asks for, by our stamp or by an `npm ci` of the user's own since the last change. */
function installed(stamp) {
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === stamp
  const theirs = join(root, 'node_modules', '.package-lock.json')
  return (
    existsSync(theirs) &&
    statSync(theirs).mtimeMs > statSync(join(root, 'package-lock.json')).mtimeMs
  )
}

/** The npm that runs this script, or else the one beside node: no shell and no PATH is needed. */
function npm() {
  const beside = join(
    dirname(process.execPath),
    '..',
    'lib',
    'node_modules',
    'npm',
    'bin',
    'npm-cli.js',
  )
  const script = process.env.npm_execpath ?? (existsSync(beside) ? beside : null)
  return script ? [process.execPath, script] : ['npm']
}

export function install() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(
      `setup: expected Node 20.19 or later, received ${process.version}. Install a newer Node.`,
    )
    process.exit(1)
  }
  const stamp = wanted()
  if (!installed(stamp)) {
    console.error('Installing packages (npm ci) …')
    const [command, ...args] = npm()
    must(command, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel', 'error'])
  }
  writeFileSync(stampFile, stamp)
  // Packages have no install scripts. This does nothing when its output is current.
  must(process.execPath, [join(root, 'packages', 'backend', 'native', 'install.mjs')])
}

export function build() {
  const nx = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [nx, 'run-many', '-t', 'bundle', '--output-style=static'],
    {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' },
      encoding: 'utf8',
    },
  )
  if (status === 0) return
  console.error(stdout + stderr)
  process.exit(status ?? 1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  install()
  build()
}
