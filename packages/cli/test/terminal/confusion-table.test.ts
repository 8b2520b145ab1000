import { expect, it } from 'vitest'
import { confusionTable } from '../../src/terminal/confusion-table.js'

it('lays out counts with names and the share that is right', () => {
  const counts = [
    [8, 2, 0],
    [0, 12, 0],
    [0, 0, 0],
  ]
  expect(confusionTable(counts, ['T-shirt/top', ' ', 'bag']).split('\n')).toEqual([
    'Confusion matrix (rows: true, columns: predicted)',
    '            T-shirt/t…   ␣  bag    right',
    'T-shirt/t…           8   2    ·   80.0 %',
    '␣                    ·  12    ·  100.0 %',
    'bag                  ·   ·    ·        -',
  ])
})
