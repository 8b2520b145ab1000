import { describe, expect, it } from 'vitest'
import { profileLines } from '../../src/profiler/profile-lines.js'
import { Profiler } from '../../src/profiler/profiler.js'

/** A clock that is put forward by hand. */
function clock() {
  let now = 1000
  return { read: () => now, pass: (ms: number) => (now += ms) }
}

describe('Profiler', () => {
  it('counts what runs inside a span under its own heading alone', () => {
    const { read, pass } = clock()
    const profiler = new Profiler(read)
    pass(1)
    for (let epoch = 0; epoch < 2; epoch++) {
      profiler.begin('epoch', 'other', epoch)
      profiler.begin('validation')
      pass(8)
      profiler.begin('A.onValidationEnd', 'callback A')
      pass(4)
      profiler.end()
      pass(2)
      profiler.end()
      profiler.begin('A.onEpochEnd', 'callback A')
      pass(1)
      profiler.end()
      pass(3)
      profiler.end()
    }
    const { rows, ms } = profiler.finish()
    expect(ms).toBe(37)
    expect(rows).toEqual([
      { name: 'validation', calls: 2, ms: 20, share: 20 / 37 },
      { name: 'callback A', calls: 4, ms: 10, share: 10 / 37 },
      { name: 'other', calls: 1, ms: 7, share: 7 / 37 },
    ])
    expect(profiler.spans.at(1)).toEqual({
      ...{ name: 'epoch', heading: 'other', index: 0 },
      ...{ start: 1001, end: 1019 },
    })
    // What comes after the end is no part of it.
    expect(profiler.around('late', 'late', () => 7)()).toBe(7)
    expect(profiler.finish().rows).toHaveLength(3)
  })

  it('measures promises until they are settled, and passes on what is thrown', async () => {
    const { read, pass } = clock()
    const profiler = new Profiler(read)
    const wait = profiler.around('wait', 'wait', async (ms: number) => {
      await Promise.resolve()
      pass(ms)
      if (ms > 5) throw new Error('too long')
      return ms
    })
    expect(await wait(5)).toBe(5)
    await expect(wait(6)).rejects.toThrow('too long')
    const fail = profiler.around('fail', 'fail', () => {
      pass(2)
      throw new Error('at once')
    })
    expect(() => fail()).toThrow('at once')
    const { rows } = profiler.finish()
    expect(rows.map(({ name, calls, ms }) => [name, calls, ms])).toEqual([
      ['wait', 2, 11],
      ['fail', 1, 2],
      ['other', 1, 0],
    ])
  })

  it('measures the wait for each item, and closes the source that is left early', async () => {
    const { read, pass } = clock()
    const profiler = new Profiler(read)
    let closed = false
    async function* source() {
      try {
        for (let i = 0; ; i++) {
          await Promise.resolve()
          pass(3)
          yield i
        }
      } finally {
        closed = true
      }
    }
    for await (const item of profiler.waiting('data', source())) {
      pass(10)
      if (item === 2) break
    }
    expect(closed).toBe(true)
    expect(profiler.finish().rows[0]).toMatchObject({ name: 'data', calls: 3, ms: 9 })
  })

  it('keeps a million spans and counts all', () => {
    const profiler = new Profiler(() => 0)
    for (let i = 0; i < 1_000_100; i++) {
      profiler.begin('step')
      profiler.end()
    }
    expect(profiler.spans.length).toBe(1_000_000)
    expect(profiler.spans.dropped).toBe(101)
    expect(profiler.finish().rows[0]).toMatchObject({ name: 'step', calls: 1_000_100 })
  })
})

describe('profileLines', () => {
  const rows = [
    { name: 'forward', calls: 1200, ms: 75, share: 0.75 },
    { name: 'other', calls: 1, ms: 25, share: 0.25 },
  ]

  it('is a table', () => {
    expect(profileLines({ rows, ms: 100 }, 'native').slice(0, -1)).toEqual([
      'Where the time went  calls  total ms  mean ms    share',
      'forward              1,200      75.0    0.063   75.0 %',
      'other                           25.0            25.0 %',
      'all                            100.0           100.0 %',
    ])
  })

  it.each([
    ['native', 'native computes when it is called'],
    ['webgpu', `webgpu queues its operations`],
    ['tensorflow-gpu', 'the device\'s work shows in "wait for loss"'],
  ])('says what is measured on %s', (backend, text) => {
    expect(profileLines({ rows, ms: 100 }, backend).at(-1)).toContain(text)
  })
})
