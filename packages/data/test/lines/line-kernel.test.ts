import { expect, it } from 'vitest'
import { assemble } from '../../kernels/assemble.js'
import { lineKernelCode } from '../../src/lines/line-kernel-code.js'

it('is what its source assembles to', async () => {
  expect(lineKernelCode.own).toBe(await assemble('own'))
  expect(lineKernelCode.shared).toBe(await assemble('shared'))
})
