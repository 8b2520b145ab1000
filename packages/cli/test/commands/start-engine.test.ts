import { describe, expect, it } from 'vitest'
import { backendLine } from '../../src/commands/start-engine.js'

describe('the line that names the backend', () => {
  const wasm = { name: 'wasm' as const, description: 'on one core', notices: [] }

  it('says why it is not the native one, and what mends that', () => {
    const skipped = [
      { name: 'tensorflow-gpu' as const, reason: 'no GPU seen' },
      { name: 'native' as const, reason: 'its package is not installed: run npm install x' },
    ]
    expect(backendLine({ ...wasm, skipped })).toBe(
      'Backend: wasm, on one core; not native: its package is not installed: run npm install x',
    )
  })

  it('says no more where native was not passed over', () => {
    expect(backendLine({ ...wasm, skipped: [] })).toBe('Backend: wasm, on one core')
  })
})
