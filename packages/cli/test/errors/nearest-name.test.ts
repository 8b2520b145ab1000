import { expect, it } from 'vitest'
import { nearestName, unknownName } from '../../src/errors/nearest-name.js'

it('finds the name that a mistyped one means', () => {
  expect(nearestName('CNNN', ['MLP', 'CNN'])).toBe('CNN')
  expect(nearestName('max-epcohs', ['max-steps', 'max-epochs'])).toBe('max-epochs')
  expect(nearestName('zebra', ['MLP', 'CNN'])).toBeUndefined()
})

it('lists what there is', () => {
  expect(unknownName('model', 'CNNN', ['CNN', 'MLP'])).toBe(
    'Unknown model "CNNN". Did you mean CNN? Known: CNN, MLP.',
  )
  expect(unknownName('model', 'zebra', ['CNN'])).toBe('Unknown model "zebra". Known: CNN.')
})
