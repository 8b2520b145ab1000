import { run } from '../src/index.js'

/** Runs a command line in this process and gives what it wrote. */
export async function runHere(line: string | string[]) {
  const written = { stdout: '', stderr: '' }
  const sink = (name: keyof typeof written) => ({
    columns: 100,
    write: (text: string) => (written[name] += text),
  })
  const argv = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line
  const code = await run(argv, { stdout: sink('stdout'), stderr: sink('stderr'), env: process.env })
  return { code, ...written }
}
