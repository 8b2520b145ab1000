import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'ductus-odd-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
const program = [
  ...[process.execPath, '--import', import.meta.resolve('tsx'), '-C', '@ductus/source'],
]
const small =
  '--fc1 8 --fc2 0 --limit-train-batches 3 --limit-val-batches 1 --limit-test-batches 1 --num-sanity-val-steps 0 --backend cpu'

/** Runs a line of the shell in which $ductus is the program, from source. */
function shell(line: string, script = bin): Promise<{ code: number | null; output: string }> {
  const ductus = [...program, script].map((word) => `'${word}'`).join(' ')
  return new Promise((resolve, reject) => {
    const child = spawn(
      '/bin/bash',
      ['-c', `set -o pipefail; ductus() { ${ductus} "$@"; }; ${line}`],
      {
        cwd: folder,
        env: { ...process.env, PATH: '/usr/bin:/bin', NODE_OPTIONS: '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    child.on('error', reject)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    }
    child.on('close', (code) => resolve({ code, output }))
  })
}

/** Writes a callback of a user's, and gives its path. */
function callback(name: string, body: string): string {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(path, `import fs from 'node:fs'\nexport const own = { name: 'own', ${body} }\n`)
  return path
}

const checkpoints = (name: string) =>
  readdirSync(join(folder, 'runs', name, 'version_0', 'checkpoints'))

/** Matches output of one line that says this, without a stack. */
const oneLine = (said: RegExp) => new RegExp(`^ductus: [^\\n]*${said.source}[^\\n]*\\n$`)

describe('stdout and stderr', () => {
  it.each([
    ['full', `ductus fit ${small} --json -q --name NAME 2>err >/dev/full`, 1],
    ['both full', `ductus fit ${small} --name NAME >/dev/full 2>/dev/full`, 1],
    ['read no further', `ductus fit ${small} --name NAME --json -q 2>err | head -c 1`, 0],
    ['closed', `ductus fit ${small} --name NAME -q >&- 2>&-`, 0],
  ])('that are %s end no training', async (what, line, expected) => {
    const name = what.replaceAll(' ', '-')
    const { code, output } = await shell(line.replace('NAME', name))
    expect(output).toBe(what === 'read no further' ? '{' : '')
    expect(code).toBe(expected)
    expect(checkpoints(name)).toContain('last.json')
    if (what !== 'full') return
    const said = readFileSync(join(folder, 'err'), 'utf8')
    expect(said).not.toMatch(/ at .*:\d+:\d+/)
    expect(said.trim().split('\n').at(-1)).toMatch(
      /^ductus: expected to write the results to stdout, received ENOSPC/,
    )
  })
})

describe('a system that gives no more', () => {
  it('says that the working folder is gone', async () => {
    const script = join(folder, 'gone.mjs')
    writeFileSync(
      script,
      `import fs from 'node:fs'
      const folder = fs.mkdtempSync('gone-')
      process.chdir(folder)
      fs.rmdirSync(\`../\${folder}\`)
      await import(${JSON.stringify(pathToFileURL(bin).href)})`,
    )
    const { code, output } = await shell(`ductus fit ${small}`, script)
    expect(output).toMatch(oneLine(/the working folder is gone/))
    expect(code).toBe(1)
  })

  it.each([
    ['', 'memory ran out'],
    ['--debug', 'RangeError: Array buffer allocation failed'],
  ])('says that memory ran out, outside of what a command waits for %s', async (debug, said) => {
    const path = callback(
      'memory',
      'onEpochEnd: () => new Promise(() => setTimeout(() => new ArrayBuffer(2 ** 52), 1))',
    )
    const { code, output } = await shell(`ductus fit ${small} -q --callback ${path} ${debug}`)
    expect(output).toContain(said)
    if (debug === '') expect(output).toMatch(oneLine(/ulimit -v.*--batch-size/))
    expect(code).toBe(1)
  })

  it('says that too many files are open', async () => {
    const path = callback(
      'handles',
      `onFitStart() { try { for (;;) fs.openSync('/dev/null') } catch {} }`,
    )
    const line = `ulimit -n 200; ductus fit ${small} --name handles -q --callback ${path}`
    const { code, output } = await shell(line)
    const last = output.trim().split('\n').at(-1)
    expect(`${last}\n`).toMatch(oneLine(/too many files are open.*ulimit -n 1024/))
    expect(output).not.toMatch(/ at .*:\d+:\d+/)
    expect(code).toBe(1)
    expect(existsSync(join(folder, 'runs', 'handles'))).toBe(true)
  })
})
