import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { activationCurves, allCurves, readRun, renderReport } from '../../src/index.js'
import { makeRun } from '../support/make-run.js'

let folder = ''
beforeAll(async () => {
  folder = await makeRun({ epochs: 2, stepsAnEpoch: 4 })
  await writeFile(
    join(folder, 'activation-stats.csv'),
    'step,layer,mean,std,deadShare,saturatedShare\n' +
      '0,conv1,0.1,0.2,0,\n0,fc1,-0.5,1,0.25,0.5\n4,conv1,0.2,0.3,0,\n4,fc1,NaN,1.5,0.5,0.75\n4,con',
  )
  await writeFile(
    join(folder, 'lr-sweep.json'),
    JSON.stringify({
      format: 'ductus-lr-sweep',
      version: 1,
      lr: [1e-4, 1e-3, 1e-2, 1e-1],
      loss: [2.3, 2, 1.5, null],
      smoothed: [2.3, 2.2, 2, null],
      suggestion: 0.0031,
    }),
  )
  await writeFile(
    join(folder, 'throughput.csv'),
    'step,samplesPerSecond,stepsPerSecond,tensors,tensorBytes,rssBytes\n4,900,7,20,80,3e8\n8,950,7,20,80,3e8\n',
  )
})
afterAll(() => rm(dirname(dirname(folder)), { recursive: true }))

describe('what callbacks recorded', () => {
  it('is read by layer, half-written rows left out', async () => {
    const run = await readRun(folder)
    expect(run.activations).toEqual([
      { layer: 'conv1', steps: [0, 4], mean: [0.1, 0.2], std: [0.2, 0.3], deadShare: [0, 0] },
      {
        layer: 'fc1',
        steps: [0, 4],
        mean: [-0.5, Number.NaN],
        std: [1, 1.5],
        deadShare: [0.25, 0.5],
        saturatedShare: [0.5, 0.75],
      },
    ])
    expect(run.lrSweep?.loss).toEqual([2.3, 2, 1.5, Number.NaN])
    expect(run.notes).toContain(
      'The last row of activation-stats.csv is half-written and was left out.',
    )
  })

  it('is drawn: sweep, speed, memory, and layers by step', async () => {
    const run = await readRun(folder)
    const headings = (await allCurves([run])).map(({ heading }) => heading)
    expect(headings).toEqual(
      expect.arrayContaining(['Learning rate finder', 'Speed by step', 'Memory by step']),
    )
    const charts = await activationCurves(run.activations ?? [])
    expect(charts.map(({ heading }) => heading)).toEqual([
      'Mean activation by layer',
      'Spread of the activations by layer',
      'Dead units by layer',
      'Saturated outputs by layer',
    ])
    expect(charts[0]?.picture.description).toContain('1 value that is no number')
    expect(charts[2]?.picture.svg).toContain('50%')
  })

  it('stands in the report', async () => {
    const html = await renderReport(await readRun(folder))
    expect(html).toContain('id="activations"')
    expect(html).toContain('suggested 0.0031')
  })

  it('gives the results where a report has none of its own', async () => {
    await writeFile(
      join(folder, 'confusion-matrix.jsonl'),
      '{"format":"ductus-confusion-matrix","version":1,"classes":["cat","dog"]}\n' +
        '{"stage":"validation","epoch":0,"step":4,"counts":[[3,1],[0,4]]}\n' +
        '{"stage":"test","epoch":1,"step":8,"counts":[[4,0],[1,3]]}\n{"stage":"te',
    )
    const html = await renderReport(await readRun(folder))
    expect(html).toContain('As the last test of the run counted it.')
    expect(html).toContain('7 of 8 right')
  })

  it.each(['[null,[0,2]]', '[[3,1],[0,-4]]', '[[3,1],[0,"<b>"]]', '5'])(
    'leaves out a confusion matrix whose counts are none: %s',
    async (counts) => {
      await writeFile(
        join(folder, 'confusion-matrix.jsonl'),
        '{"format":"ductus-confusion-matrix","version":1,"classes":["cat","dog"]}\n' +
          `{"stage":"test","epoch":1,"step":8,"counts":${counts}}\n`,
      )
      const run = await readRun(folder)
      expect(run.confusion).toBeUndefined()
      expect(run.notes.join(' ')).toContain('confusion-matrix.jsonl was left out')
    },
  )

  it('is left out and noted where it is damaged', async () => {
    await writeFile(join(folder, 'lr-sweep.json'), '{"format": "ductus-lr')
    const run = await readRun(folder)
    expect(run.lrSweep).toBeUndefined()
    expect(run.notes.join(' ')).toContain('lr-sweep.json was left out')
  })
})
