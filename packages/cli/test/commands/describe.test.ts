import { expect, it } from 'vitest'
import { runHere } from '../run-here.js'

it("gives the exercise's figures for a network in words", async () => {
  const layers = 'conv 100 3 s2 p1; conv 200 3 s2 p1; conv 400 3 s2 p1'
  const { code, stdout } = await runHere([
    ...['describe', '--layers', layers],
    ...['--input', '200x300x3', '--batch', '50'],
  ])
  expect(code).toBe(0)
  expect(stdout).toContain('903,400 (902,700 without biases), 3.61 MB')
  expect(stdout).toContain('11.24 MB of maps an image, kept for the gradients, 562.00 MB for 50')
})

it('describes a model with options of its own, for an input of another size', async () => {
  const { stdout } = await runHere('describe --model CNN --input 28x28x1 --json')
  const cost = JSON.parse(stdout) as { parameters: number; biggestForCompute: string }
  expect(cost).toMatchObject({
    parameters: 1644618,
    biggestForStorage: 'fc1',
    biggestForCompute: 'conv2',
  })
  const small = await runHere('describe --model CNN --conv-dim 4 --input 16x16x3')
  expect(small.stdout).toMatch(/^CNN, input 16×16×3\n/)
  expect(small.stdout).toMatch(/conv1 \(conv\) +16×16×4 +112 /)
})

it('traces a unit back to the input', async () => {
  const { stdout } = await runHere([
    ...['describe', '--layers', 'conv 1 3 s2; conv 1 3 s2'],
    ...['--input', '28x28x1', '--unit', '2,2'],
  ])
  expect(stdout).toMatch(/conv1: 3×3×1 .*9 of conv2\/kernel/)
  expect(stdout).toMatch(/input: 7×7×1 \(rows 8–14, columns 8–14/)
})

it.each([
  ['describe', 'expected --model or --layers, one of them'],
  ['describe --layers dense=3', '--layers needs --input'],
  ['describe --model CNN --input big', 'expected height x width x channels, received "big"'],
  ['describe --model CNN --unit middle', 'expected [layer:]row,column[,channel]'],
])('%s', async (line, message) => {
  const { code, stderr } = await runHere(line)
  expect(stderr).toContain(message)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(code).toBe(2)
})
