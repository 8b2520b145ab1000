import { describe, expect, it } from 'vitest'
import { runHere } from './run-here.js'

describe('help', () => {
  it('lists the commands', async () => {
    const { code, stdout, stderr } = await runHere('--help')
    expect(code).toBe(0)
    expect(stderr).toBe('')
    for (const name of ['fit', 'validate', 'test', 'predict', 'data', 'models', 'doctor']) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    }
  })

  it('without a command goes to stderr with exit code 2', async () => {
    const { code, stdout, stderr } = await runHere('')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: ductus')
  })

  it("shows the classes' own options where they are named, by the lab's flags too", async () => {
    const plain = await runHere('fit --help')
    expect(plain.stdout).not.toContain('--conv-dim')
    expect(plain.stdout).toContain('--overfit-batches')
    const named = await runHere('fit --help --model_class=CNN --data_class FashionMNIST')
    expect(named.stdout).toMatch(
      /Options of CNN:\n\s+--conv-dim <n>\s+Channels of [^()]*\(default 64\)/,
    )
    expect(named.stdout).toContain('Options of FashionMNIST:')
    expect(named.stdout).toContain('--train-size')
    const shown = await runHere('models describe CNN --help')
    expect(shown.stdout).toContain('--conv-dim')
  })

  it('prints the version', async () => {
    expect((await runHere('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('a wrong command line is one line on stderr and exit code 2', () => {
  it.each([
    ['fitt', 'Unknown command "fitt". Did you mean fit?'],
    ['data shw MNIST', 'Unknown command of ductus data "shw". Did you mean show?'],
    ['fit --max_epcohs 3', 'Unknown option --max-epcohs. Did you mean --max-epochs?'],
    ['fit --model CNNN', 'Unknown model "CNNN". Did you mean CNN? Known: MLP, CNN'],
    ['fit --data_class=MNST', 'Unknown data module "MNST". Did you mean MNIST?'],
    ['fit --model CNN --fc1 50', 'Option --fc1 belongs to MLP'],
    [
      'fit --precision 16',
      'Option --precision: expected 32, received 16. TensorFlow.js computes in 32-bit floats only',
    ],
    [
      'fit --max-epochs many',
      'Option --max-epochs: expected a whole number of at least -1, received "many".',
    ],
    ['fit --max-epochs', 'Option --max-epochs: expected a value <n>, received none.'],
    ['fit --overfit_batches=1.5', 'Option --overfit-batches: expected a number of batches'],
    ['fit --gpus=many', 'Option --gpus: expected a number'],
    ['fit --fc1 wide', 'Option --fc1: expected a whole number, received "wide".'],
    ['fit --fc1 -1', 'MLP: expected option fc1'],
    ['fit --train-size -5', 'trainSize'],
    ['fit --optimizer Adma', 'Unknown optimizer "Adma"'],
    ['fit --backend nativ', 'Unknown backend "nativ". Did you mean native?'],
    ['fit --loss mean', 'Option --loss: Unknown value "mean"'],
    ['fit --model ./none.ts', 'Option --model: there is no file "./none.ts".'],
    ['fit --callback ./none.ts --model ./none.ts', 'there is no file'],
    ['predict', 'ductus predict: expected <image...>, received none.'],
    ['data show', 'ductus data show: expected <name>, received none.'],
    ['doctor now', 'ductus doctor: received more words than it takes.'],
    [
      'test --checkpoint ./nowhere',
      'Option --checkpoint: expected a checkpoint or a run folder, received "./nowhere", where there is no folder.',
    ],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await runHere(line)
    expect(stderr).toContain(message)
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .filter((one) => !/^(Backend|warning): ?/.test(one)),
    ).toHaveLength(1)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('shows the stack with --debug', async () => {
    const { code, stderr } = await runHere('fit --model CNNN --debug')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^\s+at /m)
  })
})

describe('commands that only look', () => {
  it('models lists the zoo with parameters', async () => {
    const { code, stdout } = await runHere('models')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^MLP\s+936,330 /m)
    expect(stdout).toMatch(/^CNN\s+1,644,618 /m)
    const { stdout: json } = await runHere('models list --json')
    expect(JSON.parse(json)).toContainEqual(
      expect.objectContaining({ name: 'CNN', parameters: 1644618 }),
    )
  })

  it('models describe shows layers for the options and data given', async () => {
    const { stdout } = await runHere('models describe MLP --fc1 50 --fc2 0 --fc_dropout 0')
    expect(stdout).toContain('39,760 parameters')
    const { stdout: small } = await runHere(
      'models describe mlp --data MNIST --resize 16 --fc1 10 --fc2 0',
    )
    expect(small).toContain(`${(256 * 10 + 10 + 110).toLocaleString('en-US')} parameters`)
  })

  it('data lists the modules', async () => {
    const { stdout } = await runHere('data')
    expect(stdout).toMatch(/^MNIST /m)
    expect(stdout).toMatch(/^FashionMNIST /m)
  })

  it('doctor says what is taken and why not the others', async () => {
    const { code, stdout } = await runHere('doctor')
    expect(code).toBe(0)
    expect(stdout).toMatch(/`auto` takes (native|wasm|tensorflow-gpu): /)
    expect(stdout).toMatch(/^\s*cpu\s+yes/m)
    const { stdout: json } = await runHere('doctor --json --ops --backend cpu')
    const report = JSON.parse(json) as { choice: { name: string }; ops: { kernel: string }[] }
    expect(report.choice.name).toBe('cpu')
    expect(report.ops.map(({ kernel }) => kernel)).toContain('Conv2D')
  })
})
