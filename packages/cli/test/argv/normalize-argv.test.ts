import { describe, expect, it } from 'vitest'
import { normalizeArgv, scanOption } from '../../src/argv/normalize-argv.js'
import { fitOptions } from '../../src/options/fit-options.js'
import type { OptionSpec } from '../../src/options/option-spec.js'

const known = new Map<string, OptionSpec>(Object.entries(fitOptions))
const normalize = (line: string) => normalizeArgv(line.split(' '), known).join(' ')

describe('normalizeArgv', () => {
  it.each([
    ['fit --max_epochs=5 --num_workers 4', 'fit --max-epochs=5 --num-workers 4'],
    ['--model_class=CNN --data-class MNIST', '--model=CNN --data MNIST'],
    ['--gpus -1 --json', '--gpus=-1 --json'],
    ['--json=false --quiet true --progress=false', '--no-json --quiet --no-progress'],
    ['--json image_1.png', '--json image_1.png'],
    ['--data_dir=my_data --name a_b', '--data-dir=my_data --name a_b'],
    ['--json -- --max_epochs', '--json -- --max_epochs'],
    ['-q x', '-q x'],
  ])('%s', (line, expected) => {
    expect(normalize(line)).toBe(expected)
  })

  it('finds the last value of an option', () => {
    expect(scanOption(['fit', '--model', 'MLP', '--model=CNN'], 'model')).toBe('CNN')
    expect(scanOption(['fit', '--', '--model', 'MLP'], 'model')).toBeUndefined()
  })
})
