import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dressed, testDigits } from '../image/digit-pictures.js'
import { runCli } from '../run-cli.js'
import type { CliResult } from '../run-cli.js'
import { runHere } from '../run-here.js'

let folder = ''
let trained: CliResult
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-fit-'))
  const line = 'fit --model MLP --fc1 64 --fc2 0 --max-steps 150 --limit-val-batches 8 --json'
  trained = await runCli(line.split(' '), { cwd: folder })
})
afterAll(() => rm(folder, { recursive: true }))

/** Few and small: for runs of which only the way counts. */
const small =
  '--limit_train_batches=2 --limit_val_batches=1 --limit_test_batches=1 --num_sanity_val_steps=0'
const runs = () => `--root-dir ${join(folder, 'others')}`

interface FitJson {
  status: string
  backend: string
  epochs: number
  steps: number
  seconds: number
  samplesPerSecond: number
  waitedForData: number
  metrics: Record<string, number>
  runDir: string
  checkpoint: string
}

describe('ductus fit, as a process', () => {
  it('learns real digits and prints one JSON object alone on stdout', () => {
    expect(trained.stderr).not.toMatch(/^ductus:/m)
    expect(trained.code).toBe(0)
    expect(trained.stdout.trimEnd().split('\n')).toHaveLength(1)
    const json = JSON.parse(trained.stdout) as FitJson
    expect(Object.keys(json)).toEqual([
      ...['status', 'stopReason', 'backend', 'epochs', 'steps', 'seconds', 'samplesPerSecond'],
      ...['waitedForData', 'metrics', 'findings', 'runDir', 'checkpoint'],
    ])
    expect(json).toMatchObject({ status: 'completed', steps: 150, epochs: 0 })
    for (const stage of ['train', 'validation', 'test']) {
      expect(json.metrics[`${stage}/loss`]).toBeGreaterThan(0)
      expect(json.metrics[`${stage}/acc`]).toBeGreaterThan(0.6)
    }
    expect(json.metrics['test/acc']).toBeGreaterThan(0.85)
    expect(json.runDir).toBe(join(folder, 'runs', 'default', 'version_0'))
    expect(json.checkpoint).toMatch(/checkpoints\/epoch=0000-validation\.loss=0\.\d{3}$/)
    expect(
      existsSync(join(json.checkpoint, 'model.json')) ||
        existsSync(join(json.checkpoint, 'model', 'model.json')),
    ).toBe(true)
    expect(readdirSync(json.runDir)).toEqual(
      expect.arrayContaining(['hparams.json', 'metrics.csv']),
    )
  })

  it('says on stderr how it goes: summary, a line an epoch, the confusion matrix, the best path last', () => {
    const { stderr } = trained
    expect(stderr).toMatch(/^Backend: \w+/m)
    expect(stderr).toMatch(/^fc1 .* 50,240/m)
    expect(stderr).toMatch(/^Epoch 1: train\/loss [\d.]+ train\/acc [\d.]+ /m)
    expect(stderr).toMatch(/^Confusion matrix/m)
    expect(stderr).toMatch(
      /\nBest checkpoint: runs\/default\/version_0\/checkpoints\/epoch=0000-[^\n]+\n$/,
    )
    expect(stderr).not.toContain('\r')
  })

  it('ends in good order on Ctrl-C: exit code 130, the last checkpoint written', async () => {
    const args = [
      'fit',
      '--model',
      'MLP',
      '--fc1',
      '16',
      '--fc2',
      '0',
      '--max-epochs',
      '-1',
      '--json',
    ]
    const { code, stdout, stderr } = await runCli(
      [...args, '--name', 'stopped', '--log-lines-every-n-steps', '10', '--limit-val-batches', '1'],
      { cwd: folder, when: { stderr: /^loss: /m, then: (pid) => process.kill(pid, 'SIGINT') } },
    )
    expect(stderr).toContain('Interrupted')
    expect(code).toBe(130)
    const json = JSON.parse(stdout) as FitJson
    expect(json.status).toBe('interrupted')
    expect(json.metrics['test/loss']).toBeUndefined()
    expect(existsSync(join(json.runDir, 'checkpoints', 'last.json'))).toBe(true)
  })
})

describe("the lab's command lines", () => {
  it.each([
    ['--model_class=CNN --data_class=MNIST --max_epochs=2 --gpus=1 --conv_dim=2', 4],
    ['--model_class=MLP --overfit_batches=2 --max_epochs=2 --fc1=8', 4],
    ['--model_class=MLP --overfit_batches=0.01 --fc1=8', 4],
    ['--num_workers=2 --fc1 8 --batch_size 64', 2],
    ["--gpus='0,' --fc1 8 --stop_early --max_epochs 2".replaceAll("'", ''), 4],
    ['--limit_train_batches 1 --fc1 8 --optimizer=SGD --lr=0.1', 1],
  ])('%s', async (line, steps) => {
    const limits = small.replace(line.includes('limit_train') ? '--limit_train_batches=2' : '', '')
    const { code, stdout, stderr } = await runHere(`fit ${line} ${limits} ${runs()} --json`)
    expect(stderr).not.toMatch(/^ductus:/m)
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as FitJson).steps).toBe(steps)
    if (line.includes('--gpus'))
      expect(stderr).toMatch(/warning: --gpus (1|0,): no GPU can be used here/)
  })

  it('--load_checkpoint starts from weights', async () => {
    const { checkpoint, metrics } = JSON.parse(trained.stdout) as FitJson
    const line = `--load_checkpoint=${checkpoint} --fc1=64 --fc2=0 --max_epochs=0 --limit_test_batches=1.0`
    const { code, stdout, stderr } = await runHere(`fit ${line} ${runs()} --json`)
    expect(stderr).toContain('Starts from 4 weights')
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as FitJson).metrics['test/acc']).toBeCloseTo(
      metrics['test/acc'] ?? 0,
      3,
    )
    const other = await runHere(`fit --load_checkpoint=${checkpoint} --fc1=32 --fc2=0 ${runs()}`)
    expect(other.code).toBe(1)
    expect(other.stderr).toMatch(/expected fc1\/kernel of shape \[784, 32\], received \[784, 64\]/)
  })

  it('memorises two batches', async () => {
    const line =
      '--model_class=MLP --overfit_batches=2 --max_epochs=50 --fc_dropout=0 --fc1=128 --fc2=0 --check_val_every_n_epoch=50'
    const { stdout } = await runHere(`fit ${line} ${runs()} --json --quiet`)
    const { metrics, steps } = JSON.parse(stdout) as FitJson
    expect(steps).toBe(100)
    expect(metrics['train/loss']).toBeLessThan(0.05)
    expect(metrics['validation/acc']).toBe(1)
  })
})

describe('a run goes on', () => {
  it('with --resume, in the same folder, and without a run from the start', async () => {
    const line = `fit --fc1 8 --name again ${small} ${runs()} --json --resume`
    const first = await runHere(`${line} --max-epochs 1`)
    expect(first.code).toBe(0)
    expect((JSON.parse(first.stdout) as FitJson).steps).toBe(2)
    const second = await runHere(`${line} last --max-epochs 3`)
    const json = JSON.parse(second.stdout) as FitJson
    expect(json.steps).toBe(6)
    expect(json.runDir).toBe((JSON.parse(first.stdout) as FitJson).runDir)
  })
})

describe('a run is repeated', () => {
  it('by --config with its hparams.json, to the same numbers; options given win', async () => {
    const line = `fit --fc1 8 --name first --lr 0.01 --seed 7 ${small} ${runs()} --json`
    const first = JSON.parse((await runHere(line)).stdout) as FitJson
    const config = `--config ${join(first.runDir, 'hparams.json')} --json`
    const again = JSON.parse((await runHere(`fit ${config}`)).stdout) as FitJson
    expect(again.metrics).toEqual(first.metrics)
    expect(again.runDir).toBe(first.runDir.replace('version_0', 'version_1'))
    const other = JSON.parse((await runHere(`fit ${config} --seed 8`)).stdout) as FitJson
    expect(other.metrics['train/loss']).not.toBe(first.metrics['train/loss'])
  })
})

describe('a checkpoint is used', () => {
  const place = () => `--root-dir ${join(folder, 'runs')} --name default`

  it('by test and validate, as fit left it', async () => {
    const { metrics, checkpoint } = JSON.parse(trained.stdout) as FitJson
    const test = await runHere(`test ${place()} --json`)
    expect(test.code).toBe(0)
    const json = JSON.parse(test.stdout) as FitJson
    expect(json.checkpoint).toBe(checkpoint)
    expect(json.metrics['test/acc']).toBeCloseTo(metrics['test/acc'] ?? 0, 3)
    const validation = await runHere(`validate --checkpoint ${checkpoint} --limit-val-batches 8`)
    expect(validation.stdout).toMatch(
      /^Validation: validation\/loss [\d.]+ validation\/acc 0\.\d+ \(1,024 samples\)/,
    )
  })

  it('by predict, for pictures of any size and colour', async () => {
    const digits = testDigits(12)
    const files: string[] = []
    for (const [i, digit] of digits.entries()) {
      const file = join(folder, `${i}.png`)
      const dress =
        i % 2
          ? { ink: [20, 20, 90], paper: [250, 240, 210] }
          : { ink: [250, 250, 0], paper: [90, 0, 60] }
      await writeFile(
        file,
        await dressed(digit, { side: 120 + 30 * i, margin: i, ...dress } as never),
      )
      files.push(file)
    }
    const { code, stdout } = await runHere([
      'predict',
      ...files,
      ...place().split(' '),
      '--json',
      '--top-k',
      '2',
    ])
    expect(code).toBe(0)
    const { predictions } = JSON.parse(stdout) as {
      predictions: { label: string; top: { score: number }[] }[]
    }
    const right = predictions.filter(({ label }, i) => label === String(digits[i]?.label)).length
    expect(right).toBeGreaterThanOrEqual(10)
    for (const { top } of predictions) {
      expect(top).toHaveLength(2)
      expect(top[0]!.score).toBeGreaterThanOrEqual(top[1]!.score)
    }
    const shown = await runHere(['predict', files[0]!, ...place().split(' '), '--show'])
    expect(shown.stdout).toMatch(/0\.png: \d {2}\(\d \d+\.\d %, \d \d+\.\d %, \d \d+\.\d %\)\n$/)
    expect(shown.stdout.split('\n').length).toBeGreaterThan(28)
  })

  it.each([
    ['predict {file} --name nobody', 1, 'received a run named "nobody" in'],
    ['predict {file} --checkpoint {damaged}', 1, 'is damaged'],
    ['test --checkpoint {folder}', 2, 'expected a checkpoint or a run folder'],
  ])('%s says what is wrong', async (line, expected, message) => {
    const damaged = join(folder, 'damaged')
    const empty = await mkdtemp(join(folder, 'empty-'))
    const { cpSync } = await import('node:fs')
    cpSync((JSON.parse(trained.stdout) as FitJson).checkpoint, damaged, { recursive: true })
    const manifest = JSON.parse(readFileSync(join(damaged, 'checkpoint.json'), 'utf8')) as {
      files: Record<string, unknown>
    }
    const weights = Object.keys(manifest.files).find((name) => name.endsWith('weights.bin'))!
    await writeFile(join(damaged, weights), 'short')
    const text = line
      .replace('{damaged}', damaged)
      .replace('{file}', join(folder, '0.png'))
      .replace('{folder}', empty)
    const { code, stderr } = await runHere(`${text} --root-dir ${join(folder, 'runs')}`)
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(code).toBe(expected)
  })

  it('a folder that cannot be written is one line and exit code 1', async () => {
    const file = join(folder, 'in-the-way')
    await writeFile(file, '')
    const { code, stderr } = await runHere(`fit --fc1 8 ${small} --root-dir ${file}/runs --quiet`)
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^ductus: Trainer: expected a folder that can be written, received [^\n]+\n$/,
    )
  })
})
