import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runHere } from '../run-here.js'
import { smallFit, type FitJson } from '../small-fit.js'

const { folder, fit } = smallFit()

describe('schedules, histories, loggers', () => {
  it('follows one cycle, and records what was asked', async () => {
    const { code, stdout, stderr } = await fit(
      '--one_cycle_max_lr=0.01 --one_cycle_total_steps=6 --logger csv --logger jsonl ' +
        '--loss-history-every-n-steps 2 --parameter-history-every-n-steps 3 ' +
        '--gradient-norm-every-n-steps 1 --throughput-every-n-steps 2 --log-every-n-steps 1',
    )
    expect(stderr).not.toMatch(/^ductus:/m)
    expect(code).toBe(0)
    const { runDir } = JSON.parse(stdout) as FitJson
    const read = (name: string) => readFileSync(join(runDir, name), 'utf8')
    expect(read('loss-history.csv').trim().split('\n')[1]).toMatch(/^0,2\.\d+/)
    expect(existsSync(join(runDir, 'parameter-history', 'index.json'))).toBe(true)
    expect(read('throughput.csv').trim().split('\n').length).toBeGreaterThan(2)
    const rows = read('metrics.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>)
    const rates = rows.flatMap(({ lr }) => (lr === undefined ? [] : [lr]))
    expect(Math.max(...rates)).toBeGreaterThan(0.005)
    expect(rates.at(-1)).toBeLessThan(1e-4)
    expect(rows.some((row) => (row['grad/norm'] ?? 0) > 0)).toBe(true)
  })

  it('records activations, confusion and sample predictions', async () => {
    const { code, stdout, stderr } = await fit(
      '--activation-stats-every-n-steps 3 --confusion-matrix --sample-predictions 4 --logger tensorboard',
    )
    expect(stderr).not.toMatch(/^ductus:/m)
    expect(code).toBe(0)
    const { runDir } = JSON.parse(stdout) as FitJson
    const lines = (...path: string[]) =>
      readFileSync(join(runDir, ...path), 'utf8')
        .trim()
        .split('\n')
    expect(lines('activation-stats.csv').map((line) => line.split(',').slice(0, 2).join())).toEqual(
      ['step,layer', ...['0,fc1', '0,fc3', '3,fc1', '3,fc3']],
    )
    const stages = lines('confusion-matrix.jsonl')
      .slice(1)
      .map((line) => (JSON.parse(line) as { stage: string }).stage)
    expect(stages).toEqual(['validation', 'test'])
    const [, row] = lines('sample-predictions', 'index.jsonl')
    expect((JSON.parse(row ?? '') as { samples: unknown[] }).samples).toHaveLength(4)
    expect(existsSync(join(runDir, 'sample-predictions', '3.png'))).toBe(true)
  })

  it('ends with the error of a cycle that is over', async () => {
    const { code, stderr } = await fit('--one-cycle-max-lr 0.01 --one-cycle-total-steps 3 --quiet')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^warning: The fit as it stood [^\n]+\nductus: [^\n]+\n$/)
  })

  it.each([
    ['--lr-schedule cosine', 2, 'Option --lr-schedule cosine: expected --lr-steps <n> too.'],
    ['--one-cycle-max-lr 1 --lr-schedule step', 2, 'expected no other schedule beside it'],
    ['--logger papyrus', 2, 'Option --logger: Unknown logger "papyrus".'],
    ['--freeze fc9', 2, 'fc9'],
    [
      '--lr-schedule multistep',
      2,
      'Option --lr-milestones: expected whole steps for --lr-schedule multistep, such as 1000,2000, received "".',
    ],
    [
      '--class-weights 1,2,x',
      2,
      'Option --class-weights: expected numbers of at least 0, such as 1,1,2.5, received "1,2,x".',
    ],
    ['--class-weights 1,2', 2, 'expected 10 numbers, one a class, received 2'],
    ['--class-weights 1,2 --loss mse', 2, 'expected single images and --loss cross_entropy or nll'],
    ['--monitor validation/los', 2, 'Did you mean validation/loss?'],
  ])('%s', async (line, expected, message) => {
    const { code, stderr } = await fit(`${line} --quiet`)
    expect(stderr).toContain(message)
    expect(code).toBe(expected)
  })

  it.each([
    ['--lr-schedule multistep --lr-milestones 2,4 --lr-gamma 0.5', [1, 1, 0.5, 0.5, 0.25, 0.25]],
    [
      '--lr-schedule cosine --lr-steps 2 --lr-restart-factor 2',
      [1, 0.5, 1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2],
    ],
  ])('%s', async (line, shares) => {
    const { code, stdout } = await fit(`${line} --lr 0.01 --log-every-n-steps 1 --logger jsonl`)
    expect(code).toBe(0)
    const { runDir } = JSON.parse(stdout) as FitJson
    const rates = readFileSync(join(runDir, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .flatMap((row) => {
        const { kind, lr } = JSON.parse(row) as { kind: string; lr?: number }
        return kind === 'step' && lr !== undefined ? [lr] : []
      })
    expect(rates).toHaveLength(6)
    rates.forEach((rate, i) => expect(rate).toBeCloseTo(0.01 * shares[i]!, 8))
  })

  it.each(['cross_entropy', 'nll', 'mse', 'bce', 'huber'])(
    'trains with --loss %s',
    async (loss) => {
      const weights = loss === 'nll' ? '--class-weights 1,1,1,1,1,1,1,1,1,2' : ''
      const { code, stdout } = await fit(`--loss ${loss} ${weights}`)
      expect(code).toBe(0)
      const { metrics } = JSON.parse(stdout) as FitJson
      expect(Number.isFinite(metrics['train/loss'])).toBe(true)
    },
  )

  it('weighs classes: one of weight 0 teaches nothing', async () => {
    const only = '0,0,0,0,0,0,0,0,0,1'
    const { stdout } = await fit(`--class-weights ${only} --lr 0.05 --limit-test-batches 4`)
    const { metrics } = JSON.parse(stdout) as FitJson
    // All it can learn is to say nine.
    expect(metrics['test/acc']).toBeLessThan(0.2)
  })

  it('keeps frozen layers as they are', async () => {
    const { stderr, code } = await fit('--freeze fc1 --max-epochs 1')
    expect(code).toBe(0)
    expect(stderr).toContain('Frozen: fc1')
  })
})

describe('a loss by name', () => {
  it('trains, and is the one that test uses, with a running mean of the weights and TensorBoard files', async () => {
    const line = '--loss mse --ema-decay 0.5 --logger tensorboard --name squares'
    const { code, stdout, stderr } = await fit(line)
    expect(stderr).not.toMatch(/^ductus:/m)
    expect(code).toBe(0)
    const { runDir, checkpoint, metrics } = JSON.parse(stdout) as FitJson
    expect(existsSync(join(runDir, 'tensorboard'))).toBe(true)
    const test = await runHere(`test --checkpoint ${checkpoint} --limit-test-batches 1 --json`)
    const again = (JSON.parse(test.stdout) as FitJson).metrics
    expect(again['test/loss']).toBeCloseTo(metrics['test/loss'] ?? 0, 5)
  })
})

describe('a running mean of the weights', () => {
  it('warms up unless --no-ema-warm-up says otherwise', async () => {
    const metrics = async (line: string) =>
      (JSON.parse((await fit(`--seed 3 --max-epochs 1 ${line}`)).stdout) as FitJson).metrics
    const plain = await metrics('')
    const warm = await metrics('--ema-decay 0.999')
    const cold = await metrics('--ema-decay 0.999 --no-ema-warm-up')
    const loss = 'test/loss'
    // After six steps a mean that keeps 0.999 of itself is still the network that training started from.
    expect(warm[loss]! - plain[loss]!).toBeLessThan(0.2 * (cold[loss]! - plain[loss]!))
    expect(warm['train/loss']).toBe(cold['train/loss'])
  })
})

describe('lr-find', () => {
  it('sweeps, draws and suggests', async () => {
    const line = 'lr-find --fc1 32 --fc2 0 --steps 40 --min-lr 1e-5'
    const { code, stdout } = await runHere(line)
    expect(code).toBe(0)
    expect(stdout).toContain('Smoothed loss by learning rate')
    expect(stdout).toMatch(/Suggested learning rate: \d\.\d\de-[1-4] /)
    const json = JSON.parse((await runHere(`${line} --json`)).stdout) as {
      lr: number[]
      smoothed: number[]
    }
    expect(json.lr[0]).toBeCloseTo(1e-5, 8)
    expect(json.smoothed).toHaveLength(json.lr.length)
  })

  it('runs before a fit with --auto_lr_find', async () => {
    const { code, stderr } = await fit('--auto_lr_find')
    expect(code).toBe(0)
    expect(stderr).toMatch(/Learning rate found: \d|the loss falls nowhere/)
  })
})

describe('export', () => {
  it.each([
    ['tfjs', 'net', 'net/model.json'],
    ['safetensors', 'net.safetensors', 'net.safetensors'],
    ['onnx', 'net.onnx', 'net.onnx'],
  ])('writes %s', async (format, out, file) => {
    if (!existsSync(join(folder, 'default'))) await fit('')
    const path = join(folder, out)
    const line = `export --root-dir ${folder} --format ${format} --out ${path} --json`
    const { code, stdout } = await runHere(line)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ format, path })
    expect(readFileSync(join(folder, file)).length).toBeGreaterThan(1000)
  })

  it('and safetensors come back as initial weights, with the same test result', async () => {
    const whole = '--max-epochs 0 --limit-test-batches 1.0'
    const path = join(folder, 'again.safetensors')
    const first = JSON.parse((await fit('--name source')).stdout) as FitJson
    await runHere(`export --checkpoint ${first.checkpoint} --format safetensors --out ${path}`)
    const byTensors = await fit(`${whole} --load-checkpoint ${path}`)
    const byCheckpoint = await fit(`${whole} --load-checkpoint ${first.checkpoint}`)
    const loss = ({ stdout }: { stdout: string }) =>
      (JSON.parse(stdout) as FitJson).metrics['test/loss']
    expect(loss(byTensors)).toBeCloseTo(loss(byCheckpoint) ?? 0, 6)
  })
})
