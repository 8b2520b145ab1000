/** What decides which binary of the engine runs on a machine. */
export interface Machine {
  /** As `process.platform`. */
  os: string
  /** As `process.arch`. */
  cpu: string
  /** Version of the GNU C library; undefined where there is none, as on Alpine. */
  glibc?: string | undefined
}

/** The platforms that have a package with a binary, `@ductus/backend-<platform>`; native/platforms.mjs builds them. */
export const binaryPlatforms: readonly string[] = [
  'linux-x64-gnu',
  'linux-arm64-gnu',
  'linux-x64-musl',
  'darwin-arm64',
  'darwin-x64',
  'win32-x64',
]

/** Those whose binary was run before it was published; the others' were built and checked only. */
export const runPlatforms: readonly string[] = ['linux-x64-gnu', 'linux-arm64-gnu']

/** The oldest GNU C library that the binaries run on. */
export const oldestGlibc = '2.28'

export function thisMachine(): Machine {
  const { platform: os, arch: cpu } = process
  if (os !== 'linux') return { os, cpu }
  // A report looks up the peers of open sockets, which may take seconds each.
  const report = process.report as { excludeNetwork?: boolean } & NonNullable<typeof process.report>
  const { excludeNetwork = false } = report
  report.excludeNetwork = true
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } }
  report.excludeNetwork = excludeNetwork
  return { os, cpu, glibc: header?.glibcVersionRuntime }
}

/** A machine's platform: `linux-x64-gnu`, `darwin-arm64`, … */
export function platformOf({ os, cpu, glibc }: Machine): string {
  return os === 'linux' ? `${os}-${cpu}-${glibc ? 'gnu' : 'musl'}` : `${os}-${cpu}`
}

/** Whether the GNU C library is older than the binaries need. */
export function hasOldGlibc({ glibc }: Machine): boolean {
  if (!glibc) return false
  const [major, minor] = glibc.split('.').map(Number)
  const [oldestMajor, oldestMinor] = oldestGlibc.split('.').map(Number)
  return major! < oldestMajor! || (major === oldestMajor && minor! < oldestMinor!)
}
