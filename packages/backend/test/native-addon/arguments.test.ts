import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { addonPath, hasAddon, loadAddon } from './load-addon.js'

const floats = (length: number) => new Float32Array(length)

describe.skipIf(!hasAddon)('arguments', () => {
  const addon = loadAddon()
  const gemm = Int32Array.of(0, 0, 2, 3, 4, 0)
  const conv = Int32Array.of(1, 4, 4, 1, 4, 4, 2, 3, 3, 1, 1, 1, 1, 1, 1)
  const windows = Int32Array.of(2, 4, 2, 1, 2, 3, 3, 2, 1, 1, 1, 1, 0, 1)
  const convWith = (index: number, value: number) => conv.with(index, value)

  const ctc = (given: {
    labels?: Int32Array
    logitLengths?: Int32Array
    labelLengths?: Int32Array
  }) =>
    addon.ctcLoss(
      Int32Array.of(1, 4, 3, 2, 0),
      floats(12),
      given.labels ?? Int32Array.of(1, 2),
      given.logitLengths ?? Int32Array.of(4),
      given.labelLengths ?? Int32Array.of(2),
      floats(1),
      null,
    )

  it.each([
    [
      'a short operand',
      () => addon.sgemm(gemm, floats(7), floats(12), null, floats(6)),
      /sgemm: expected a of length 8, received 7\./,
    ],
    [
      'a long result',
      () => addon.sgemm(gemm, floats(8), floats(12), null, floats(7)),
      /expected c of length 6, received 7/,
    ],
    [
      'a short bias',
      () => addon.sgemm(gemm, floats(8), floats(12), floats(2), floats(6)),
      /expected bias of length 3/,
    ],
    [
      'a short geometry',
      () => addon.sgemm(Int32Array.of(1), floats(8), floats(12), null, floats(6)),
      /expected geometry of length 6/,
    ],
    [
      'a negative size',
      () => addon.sgemm(gemm.with(2, -1), floats(8), floats(12), null, floats(6)),
      /geometry\[2\] \(m\) of at least 0/,
    ],
    [
      'an unknown activation',
      () => addon.sgemm(gemm.with(5, 9), floats(8), floats(12), null, floats(6)),
      /code of activations/,
    ],
    [
      'a batch stride out of reach',
      () =>
        addon.sgemm(
          Int32Array.of(0, 0, 2, 3, 4, 0, 2, 1, 0),
          floats(8),
          floats(12),
          null,
          floats(12),
        ),
      /expected a of length 16/,
    ],
    [
      'a stride of 0',
      () => addon.conv2dForward(convWith(9, 0), floats(16), floats(18), null, 0, floats(32)),
      /strideHeight\) of at least 1/,
    ],
    [
      'sizes that overflow',
      () =>
        addon.conv2dForward(
          Int32Array.of(...Array<number>(7).fill(2 ** 31 - 1), 3, 3, 1, 1, 1, 1, 1, 1),
          floats(16),
          floats(18),
          null,
          0,
          floats(32),
        ),
      /at most 2\^48 elements/,
    ],
    [
      'padding without end',
      () => addon.conv2dForward(convWith(9, 2 ** 30), floats(16), floats(18), null, 0, floats(32)),
      /padded image/,
    ],
    [
      'a broadcast out of reach',
      () => addon.binary(0, Int32Array.of(2, 1, 0, 3, 1, 1), floats(3), floats(3), floats(6)),
      /strides of a within its 3 elements/,
    ],
    [
      'operands of other lengths',
      () => addon.binary(0, null, floats(4), floats(3), floats(4)),
      /expected b of length 4, received 3/,
    ],
    [
      'an unknown operation',
      () => addon.unary(99, floats(1), 0, 0, floats(1)),
      /expected op to be a whole number from 0/,
    ],
    [
      'a label out of range',
      () => addon.crossEntropy(3, floats(6), Int32Array.of(0, 3), 0, null, -1, floats(2)),
      /labels from 0 to 2, received 3 at index 1/,
    ],
    [
      'more labels of a sequence than there are',
      () => ctc({ labelLengths: Int32Array.of(3) }),
      /labelLengths from 0 to 2, received 3 at index 0/,
    ],
    [
      'more steps of a sequence than there are',
      () => ctc({ logitLengths: Int32Array.of(5) }),
      /logitLengths from 0 to 4, received 5 at index 0/,
    ],
    [
      'a label of no class',
      () => ctc({ labels: Int32Array.of(1, 3) }),
      /labels from 0 to 2, received 3/,
    ],
    [
      'the blank as a label',
      () => ctc({ labels: Int32Array.of(1, 0) }),
      /labels without the blank, 0/,
    ],
    [
      'an index out of range',
      () => addon.gather(1, 3, 1, Int32Array.of(3), floats(3), floats(1)),
      /indices from 0 to 2, received 3/,
    ],
    [
      'too few patches',
      () => addon.unfold(windows, floats(16), floats(71)),
      /unfold: expected patches of length 72, received 71/,
    ],
    [
      'patches of a larger image',
      () => addon.fold(windows, floats(72), floats(17)),
      /fold: expected x of length 16, received 17/,
    ],
    [
      'a window of no width',
      () => addon.unfold(windows.with(7, 0), floats(16), floats(0)),
      /windowWidth\) of at least 1/,
    ],
    [
      'patches beyond count',
      () => addon.unfold(windows.slice().fill(2 ** 20, 4, 8), floats(16), floats(0)),
      /at most 2\^48 elements/,
    ],
    [
      'an amplitude of 0',
      () => addon.scaledTanh(1, 0, floats(1), floats(1)),
      /expected amplitude other than 0/,
    ],
    [
      'a gradient of another length',
      () => addon.scaledTanhGradient(1, 1, floats(2), floats(1), floats(2)),
      /scaledTanhGradient: expected y of length 2, received 1/,
    ],
    [
      'a slice out of range',
      () => addon.slice(Int32Array.of(4, 2, 3), floats(4), floats(3)),
      /a slice within axis 0 of size 4/,
    ],
    [
      'axes that are no permutation',
      () => addon.transpose(Int32Array.of(2, 0, 2, 0), floats(4), floats(4)),
      /permutation/,
    ],
    [
      'a rate above 1',
      () => addon.dropout(1, 1.5, 0, floats(1), floats(1)),
      /expected rate between 0 and 1/,
    ],
    [
      'a list without end',
      () => addon.concat(1, new Array(2 ** 32 - 1) as never, floats(2)),
      /xs of at most 65536 arrays/,
    ],
    [
      'too many threads',
      () => addon.setThreads(1000),
      /expected threads to be a whole number from 1 to 64/,
    ],
  ])('refuses %s', (_name, call, message) => {
    expect(call).toThrow(RangeError)
    expect(call).toThrow(message)
  })

  it.each([
    [
      'a double array',
      () => addon.unary(0, new Float64Array(2) as never, 0, 0, floats(2)),
      /expected x to be .*, received another kind of typed array/,
    ],
    [
      'a missing output',
      () => addon.conv2dFilterGradient(conv, floats(16), floats(32), null, 1, floats(18), null),
      /expected y to be a Float32Array/,
    ],
    [
      'null',
      () => addon.unary(0, null as never, 0, 0, floats(2)),
      /expected x to be .*, received null/,
    ],
    [
      'a plain array',
      () => addon.concat(1, [[1, 2]] as never, floats(2)),
      /expected xs to be .*, received an object/,
    ],
    [
      'too few arguments',
      () => (addon.maxPool as () => void)(),
      /expected geometry to be .*, received undefined/,
    ],
    [
      'a number as a string',
      () => addon.axpy('1' as never, floats(1), floats(1)),
      /expected alpha to be a number, received a string/,
    ],
    [
      'arrays of different types',
      () => addon.slice(Int32Array.of(1, 0, 1), floats(1), new Int32Array(1) as never),
      /expected y to be an array of x's type/,
    ],
  ])('refuses %s as the wrong type', (_name, call, message) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(message)
  })

  it('refuses a detached array, and takes a shared one', () => {
    const detached = floats(4)
    structuredClone(detached, { transfer: [detached.buffer] })
    expect(() => addon.unary(0, detached, 0, 0, floats(4))).toThrow(/expected y of length 0/)
    expect(() => addon.unary(0, floats(4), 0, 0, detached)).toThrow(
      /expected y of length 4, received 0/,
    )
    const shared = new Float32Array(new SharedArrayBuffer(16)).fill(-2)
    const y = new Float32Array(new SharedArrayBuffer(16))
    addon.unary(addon.unaryOps.square, shared, 0, 0, y)
    expect(Array.from(y)).toEqual([4, 4, 4, 4])
  })

  it('refuses shared indices, which could change after the check', () => {
    const shared = new Int32Array(new SharedArrayBuffer(8))
    expect(() => addon.gather(1, 3, 1, shared, floats(3), floats(2))).toThrow(
      /expected indices to be an Int32Array that is not shared/,
    )
    expect(() => addon.crossEntropy(3, floats(6), shared, 0, null, -1, floats(2))).toThrow(
      /expected labels to be an Int32Array that is not shared/,
    )
  })

  it('refuses indices in memory that is written, which would change after the check', () => {
    const shared = new ArrayBuffer(24)
    const indices = new Int32Array(shared, 0, 2)
    const written = new Float32Array(shared, 4)
    const lengths = Int32Array.of(1)
    for (const call of [
      () => addon.gather(1, 3, 1, indices, floats(3), written.subarray(0, 2)),
      () => addon.segmentSum(1, indices, floats(2), written),
      () => addon.oneHot(2, indices, 1, 0, written.subarray(0, 4)),
      () => addon.crossEntropy(2, floats(4), indices, 0, null, -1, written.subarray(0, 2)),
      () =>
        addon.crossEntropyGradient(
          2,
          floats(4),
          indices,
          0,
          null,
          -1,
          floats(1),
          written.subarray(0, 4),
        ),
      () =>
        addon.ctcLoss(
          Int32Array.of(1, 2, 2, 2, 0),
          floats(4),
          indices.fill(1),
          lengths,
          lengths,
          floats(1),
          written.subarray(0, 4),
        ),
    ])
      expect(call).toThrow(/in other memory than \w+, received arrays that overlap/)
    addon.gather(1, 3, 1, indices.fill(0), floats(3), written.subarray(3, 5))
  })

  it('sees an array that a getter detached on the way', () => {
    const first = floats(4)
    const list = [first]
    Object.defineProperty(list, 1, {
      get: () => {
        structuredClone(first, { transfer: [first.buffer] })
        return floats(4)
      },
      enumerable: true,
    })
    expect(() => addon.concat(1, list, floats(8))).toThrow(/expected y of length 4, received 8/)
  })

  it('accepts empty tensors', () => {
    const none = floats(0)
    addon.unary(0, none, 0, 0, none)
    addon.sgemm(Int32Array.of(0, 0, 0, 3, 4, 0), none, floats(12), null, none)
    const zeros = floats(6).fill(NaN)
    addon.sgemm(Int32Array.of(0, 0, 2, 3, 0, 0), none, none, null, zeros)
    expect(Array.from(zeros)).toEqual([0, 0, 0, 0, 0, 0])
    const dFilter = floats(18).fill(NaN)
    addon.conv2dFilterGradient(convWith(0, 0), none, none, null, 0, dFilter, null)
    expect(dFilter.every((value) => value === 0)).toBe(true)
  })

  it('survives 30,000 calls with arguments at random', () => {
    const script = `
      const addon = require(${JSON.stringify(addonPath)})
      const names = Object.keys(addon).filter((name) => typeof addon[name] === 'function' && !/^set|release/.test(name))
      let state = 1
      const random = (n) => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8) % n
      const pick = (list) => list[random(list.length)]
      const numbers = [0, 1, 2, 3, 4, 5, 7, 14, 15, 16, -1, 2 ** 31, 2 ** 40, NaN, Infinity, 0.5]
      const ints = () => Int32Array.from({ length: pick([0, 1, 2, 3, 5, 6, 9, 14, 14, 15, 15, 24]) }, () => pick([0, 1, 1, 1, 2, 2, 3, 4, -1, 2 ** 31 - 1]))
      const floats = () => Float32Array.from({ length: pick([0, 1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 36, 64]) }, () => random(9) - 4)
      const value = () => pick([ints, ints, floats, floats, floats, () => pick(numbers), () => pick(numbers), () => null, () => true,
        () => new Uint8Array(random(9)), () => 'x', () => [floats(), floats()], () => undefined])()
      let ran = 0
      for (let i = 0; i < 30000; i++) {
        try { addon[pick(names)](...Array.from({ length: random(15) }, value)); ran++ } catch (error) {
          if (!(error instanceof TypeError || error instanceof RangeError)) throw error
        }
      }
      console.log(ran)`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(Number(stdout)).toBeGreaterThan(0)
  })
})
