import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { smallFit, type FitJson } from '../small-fit.js'

const { fit } = smallFit()

describe('when to stop and what to keep', () => {
  const names = (runDir: string) => readdirSync(join(runDir, 'checkpoints')).sort()

  it('stops at a threshold of the metric that --monitor names, which names the checkpoints too', async () => {
    const line =
      '--max-epochs 9 --monitor train/acc --stop-at 0.01 --checkpoint-name {epoch}-{train/acc:.1f}'
    const { code, stdout, stderr } = await fit(`${line} --name stopped`)
    expect(code).toBe(0)
    const { runDir, checkpoint } = JSON.parse(stdout) as FitJson
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'stopped',
      stopReason: expect.stringContaining('EarlyStopping: train/acc reached') as string,
      epochs: 1,
    })
    expect(stderr).toMatch(
      /stopped: EarlyStopping: train\/acc reached 0\.\d+, past the threshold of 0\.01/,
    )
    expect(checkpoint).toMatch(/epoch=0-train\.acc=0\.\d$/)
    expect(names(runDir)).toHaveLength(3)
  })

  it('keeps no last checkpoint with --no-save-last, and writes it by steps', async () => {
    const without = JSON.parse((await fit('--no-save-last')).stdout) as FitJson
    expect(names(without.runDir)).not.toContain('last.json')
    const line = '--checkpoint-every-n-steps 4 --save-top-k 0 --max-steps 5'
    const { runDir, checkpoint } = JSON.parse((await fit(line)).stdout) as FitJson
    expect(names(runDir)).toEqual(['last-epoch=0-batch=5', 'last.json'])
    expect(checkpoint).toMatch(/last-epoch=0-batch=5$/)
  })

  it('tests the weights of the best check with --restore-best', async () => {
    // A rate so high that later epochs are worse than the first.
    const line = '--max-epochs 4 --lr 0.3 --optimizer SGD --momentum 0.99 --limit-test-batches 2'
    const plain = JSON.parse((await fit(line)).stdout) as FitJson
    const restored = JSON.parse(
      (await fit(`${line} --restore-best --save-top-k 0`)).stdout,
    ) as FitJson
    const last = JSON.parse((await fit(`${line} --save-top-k 0`)).stdout) as FitJson
    expect(restored.metrics['test/loss']).toBe(plain.metrics['test/loss'])
    expect(restored.metrics['test/loss']).not.toBe(last.metrics['test/loss'])
  })

  it('counts --max-time over all processes of a run', async () => {
    const first = await fit('--max-time 1s --limit-train-batches 1.0 --name timed')
    expect(JSON.parse(first.stdout)).toMatchObject({ status: 'stopped' })
    expect(first.stderr).toContain('stopped: Timer: 1 s are over')
    const again = await fit('--max-time 1s --limit-train-batches 1.0 --name timed --resume')
    const steps = (result: { stdout: string }) =>
      (JSON.parse(result.stdout) as { steps: number }).steps
    expect(steps(again)).toBe(steps(first))
  })

  it('starts from the weights that fit with --no-strict, and names the others', async () => {
    const { checkpoint } = JSON.parse((await fit('--name narrow')).stdout) as FitJson
    const wide = `--fc2 16 --load-checkpoint ${checkpoint}`
    const strict = await fit(wide)
    expect(strict.code).not.toBe(0)
    expect(strict.stderr).toContain('expected fc2/')
    const { code, stderr } = await fit(`${wide} --no-strict`)
    expect(code).toBe(0)
    expect(stderr).toMatch(/Starts from 3 weights of /)
    expect(stderr).toMatch(/Not in that checkpoint, so new: fc2\/\w+, fc2\/bias, fc3\/\w+\n/)
  })

  it('refuses to train on nothing, and warns where that was asked for', async () => {
    const dropped = await fit('--batch-size 60000 --drop-last --limit-train-batches 1.0')
    expect(dropped).toMatchObject({ code: 1, stdout: '' })
    expect(dropped.stderr).toContain(
      'fewer than one batch of 60000, where the last batch is dropped',
    )
    const asked = await fit('--limit-train-batches 0 --limit-test-batches 0')
    expect(asked.code).toBe(0)
    expect(asked.stderr).toContain('warning: Trainer.fit: limitTrainBatches is 0')
    expect(JSON.parse(asked.stdout)).toMatchObject({ status: 'completed', steps: 0 })
  })
})
