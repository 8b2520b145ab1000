import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { runCli, type CliResult } from '../run-cli.js'
import { runHere } from '../run-here.js'

let folder = ''
let run = ''
let trained: CliResult
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-pictures-'))
  run = join(folder, 'runs', 'pic', 'version_0')
  const line =
    'fit --model CNN --conv-dim 4 --fc-dim 16 --max-epochs 2 --limit-train-batches 8 --limit-val-batches 2 ' +
    '--limit-test-batches 2 --log-every-n-steps 1 --sample-predictions 4 --name pic --report'
  trained = await runCli(line.split(' '), { cwd: folder })
})
afterAll(() => rm(folder, { recursive: true }))

const out = (name: string) => join(folder, name)
const draw = (...words: string[]) => runHere(['viz', ...words])

describe('fit --report', () => {
  it('leaves a report with results, samples, kernels and feature maps in the run folder', async () => {
    expect(trained.stderr).not.toMatch(/^ductus:|could not be written/m)
    expect(trained.code).toBe(0)
    expect(trained.stdout).toMatch(/^Report: .*report\.html$/m)
    const html = await readFile(join(run, 'report.html'), 'utf8')
    for (const id of [
      'curves',
      'results',
      'samples',
      'readings',
      'network',
      'inside',
      'settings',
      'environment',
    ]) {
      expect(html).toContain(`id="${id}"`)
    }
    expect(html).toContain('<span>--model=CNN</span> <span>--conv-dim</span>')
    expect(html).toContain('Results are over the first 2,000 of 10,000 test samples')
    expect((await stat(join(run, 'report.html'))).size).toBeLessThan(3_000_000)
  })
})

describe('ductus report', () => {
  it('writes the run folder alone where the model is left out', async () => {
    const { code, stdout } = await runHere([
      'report',
      run,
      '--run-only',
      '--out',
      out('r.html'),
      '--json',
    ])
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { bytes: number }).bytes).toBe((await stat(out('r.html'))).size)
    expect(await readFile(out('r.html'), 'utf8')).not.toContain('id="results"')
  })

  it('says what is no run', async () => {
    const { code, stderr } = await runHere(['report', folder])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^ductus: Run: expected a run folder/m)
  })
})

describe('ductus viz', () => {
  it('draws what a run learnt', async () => {
    for (const [words, file] of [
      [['kernels', run], 'kernels.png'],
      [['features', run, '--index', '3'], 'features.png'],
      [['samples', run], 'samples.svg'],
      [['network', run], 'network.svg'],
      [['confusion', run, '--samples', '200'], 'confusion.svg'],
      [['history', run, '--layer', 'fc1'], 'history.png'],
      [['curves', run, run, '--metric', 'validation/loss'], 'curves.html'],
    ] as const) {
      const { code, stderr } = await draw(...words, '--out', out(file))
      expect(stderr).not.toMatch(/^ductus:/m)
      expect(code).toBe(0)
      expect(existsSync(out(file))).toBe(true)
    }
    expect(await readFile(out('confusion.svg'), 'utf8')).toContain('of 200 right')
    expect((await sharp(out('kernels.png')).metadata()).width).toBeGreaterThan(200)
  })

  it('draws the maps of strided convolutions too', async () => {
    const line = 'fit --model SimpleCNN --max-steps 1 --limit-val-batches 1 --limit-test-batches 1'
    await runCli([...line.split(' '), '--name', 'strided'], { cwd: folder })
    const strided = join(folder, 'runs', 'strided', 'version_0')
    await draw('features', strided, '--out', out('strided.svg'))
    const svg = await readFile(out('strided.svg'), 'utf8')
    for (const layer of ['14 × 14 × 4', '7 × 7 × 8', '4 × 4 × 16', '2 × 2 × 16']) {
      expect(svg).toContain(layer)
    }
  })

  it('explains convolutions and receptive fields without a run', async () => {
    const kernel = ['--kernel', '1 0; -1 2', '--size', '4']
    expect(
      (await draw('explain-conv', ...kernel, '--as', 'matrix', '--out', out('m.svg'))).code,
    ).toBe(0)
    expect(await readFile(out('m.svg'), 'utf8')).toContain('matrix 9 × 16')
    await draw('explain-conv', '--as', 'frames', '--size', '4', '--out', out('f.gif'))
    expect((await sharp(out('f.gif'), { animated: true }).metadata()).pages).toBe(4)
    await draw('receptive-field', '--unit', '3,3', '--out', out('rf.svg'))
    expect(await readFile(out('rf.svg'), 'utf8')).toContain('7 × 7 of the input')
  })

  it('draws data into a file, or in the terminal', async () => {
    await draw('data', 'MNIST', '--count', '20', '--out', out('d.png'))
    expect((await sharp(out('d.png')).metadata()).format).toBe('png')
    const { stdout } = await draw('data', 'MNIST', '--count', '1', '--terminal')
    expect(stdout).toContain('@@')
    expect(stdout.trimEnd()).toMatch(/7$/)
  })

  it('draws an image as numbers, whole or a crop', async () => {
    const crop = ['--rows', ':13', '--cols', '0:23', '--normalize=false', '--out', out('n.svg')]
    expect((await draw('spreadsheet', 'MNIST', '--index', '7', ...crop)).code).toBe(0)
    const svg = await readFile(out('n.svg'), 'utf8')
    expect(svg).toContain('MNIST, test: image 7 as numbers')
    expect(svg).toContain('rows 0–12, columns 0–22')
    for (const [option, value] of [
      ['--rows', '5:40'],
      ['--cols', 'x'],
      ['--channel', '1'],
    ] as const) {
      const { code, stderr } = await draw('spreadsheet', 'MNIST', option, value)
      expect(code).toBe(2)
      expect(stderr).toContain(`Option ${option}: expected`)
    }
  })

  it('names what it does not know', async () => {
    const metric = await draw('curves', run, '--metric', 'validation/los')
    expect(metric.code).toBe(2)
    expect(metric.stderr).toContain('Did you mean validation/loss?')
    const layer = await draw('kernels', run, '--layer', 'conv9', '--out', out('x.png'))
    expect(layer.stderr).toContain('Known: conv1, conv2')
    const ending = await draw('receptive-field', '--out', out('x.bmp'))
    expect(ending.code).toBe(2)
    expect(ending.stderr).toContain('.svg, .png, .html or .gif')
    const kernel = await draw('explain-conv', '--kernel', 'up', '--out', out('x.png'))
    expect(kernel.stderr).toContain('expected top, left, diag1, diag2')
    const unit = await draw('receptive-field', '--unit', '99,0', '--out', out('x.png'))
    expect(unit.code).toBe(2)
    expect(unit.stderr).toContain('expected a unit below (7, 7), received (99, 0)')
  })
})

describe('ductus watch', () => {
  it('serves the run until Ctrl-C', async () => {
    const port = await freePort()
    let page = ''
    const { code, stdout, stderr } = await runCli(
      ['watch', run, '--port', String(port), '--json'],
      {
        cwd: folder,
        when: {
          stderr: /Following/,
          then: (pid) =>
            void fetch(`http://127.0.0.1:${port}/`)
              .then((response) => response.text())
              .then((text) => (page = text))
              .finally(() => process.kill(pid, 'SIGINT')),
        },
      },
    )
    expect(page).toContain('<h1>pic/version_0</h1>')
    expect(stderr).toContain(`version_0 at http://127.0.0.1:${port}/`)
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'interrupted', runDir: run })
  })
})

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })
}
