import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fitOptions } from '../../src/options/fit-options.js'
import { expandConfig, repeatableArgv } from '../../src/argv/expand-config.js'

const known = new Map(Object.entries(fitOptions))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function config(text: string): Promise<string> {
  const path = join(folder, 'config.json')
  await writeFile(path, text)
  return path
}

it("puts a file's options before those of the command line", async () => {
  const path = await config(
    '{ "model": "CNN", "max_epochs": 3, "convDim": 8, "progress": false, "callback": ["./a.ts", "./b.ts"] }',
  )
  expect(await expandConfig(['fit', `--config=${path}`, '--max-epochs', '5'], 1, known)).toEqual([
    ...['fit', '--model=CNN', '--max-epochs=3', '--conv-dim=8', '--no-progress'],
    ...['--callback=./a.ts', '--callback=./b.ts', `--config=${path}`, '--max-epochs', '5'],
  ])
})

it("takes what a run's hparams.json was asked", async () => {
  const argv = ['--model=MLP', '--fc1', '8']
  const path = await config(
    JSON.stringify({ format: 'ductus-hparams', version: 2, hparams: { argv } }),
  )
  expect(await expandConfig(['fit', '--config', path], 1, known)).toEqual([
    'fit',
    ...argv,
    '--config',
    path,
  ])
})

it.each([
  ['--model=./evil.ts', '--model'],
  ['--model_class=/tmp/evil.ts#Net', '--model'],
  ['--data', '--data'],
  ['--callback=./evil.mjs', '--callback'],
])("does not run code that a run's hparams.json names: %s", async (token, option) => {
  const argv = token === '--data' ? [token, './evil.ts'] : [token]
  const path = await config(
    JSON.stringify({ format: 'ductus-hparams', version: 2, hparams: { argv } }),
  )
  await expect(expandConfig(['fit', '--config', path], 1, known)).rejects.toThrow(
    new RegExp(`belongs to a run, and code .* add ${option} `),
  )
  const named = ['fit', '--config', path, `${option}=./mine.ts`]
  expect(await expandConfig(named, 1, known)).toEqual(named)
})

it.each(['hparams.json', 'mine.json', 'checkpoints/last/mine.json'])(
  'does not run code that a plain object in a run folder names: %s',
  async (name) => {
    const run = join(folder, 'runs', 'theirs', 'version_0')
    await mkdir(join(run, 'checkpoints', 'last'), { recursive: true })
    const path = join(run, name)
    await writeFile(path, '{ "model": "./evil.mjs" }')
    await expect(expandConfig(['fit', '--config', path], 1, known)).rejects.toThrow(
      'belongs to a run, and code',
    )
  },
)

it.each([
  ['[1]', 'expected a JSON object'],
  ['{', 'is no JSON'],
  ['{ "model": { "name": "CNN" } }', 'expected a plain value for model'],
  ['{ "format": "ductus-hparams", "version": 1 }', 'expected version 2 of ductus-hparams'],
  ['{ "format": "ductus-hparams", "version": 2 }', 'of a run that ductus fit did not start'],
])('refuses %s', async (text, message) => {
  const path = await config(text)
  await expect(expandConfig(['fit', '--config', path], 1, known)).rejects.toThrow(message)
})

it.each([
  ['a byte order mark', Buffer.from('\ufeff{ "model": "CNN" }\r\n')],
  ['UTF-16, as Windows editors save it', Buffer.from('\ufeff{ "model": "CNN" }', 'utf16le')],
  ['UTF-16, the other way round', Buffer.from('\ufeff{ "model": "CNN" }', 'utf16le').swap16()],
])('reads %s', async (_, bytes) => {
  const path = join(folder, 'encoded.json')
  await writeFile(path, bytes)
  expect(await expandConfig(['fit', '--config', path], 1, known)).toContain('--model=CNN')
})

it.each([
  ['UTF-16 without its mark', Buffer.from('{ "model": "CNN" }', 'utf16le')],
  ['Latin-1', Buffer.from('{ "name": "Zoë" }', 'latin1')],
])('says that %s is no encoding that it reads', async (_, bytes) => {
  const path = join(folder, 'encoded.json')
  await writeFile(path, bytes)
  const expanded = expandConfig(['fit', '--config', path], 1, known)
  await expect(expanded).rejects.toThrow(/encoded\.json" in UTF-8, received another encoding/)
})

it('leaves secrets out of what repeats a run', () => {
  const line = ['fit', '--api-key=x', '--password', 'y', '--fc1', '8', '--token', 'z']
  expect(repeatableArgv(line, 1, String)).toEqual(['--fc1', '8'])
})

it('keeps of a command line what repeats its run', () => {
  const line = ['fit', '--model', './m.ts', '--data=MNIST', '--max-epochs', '2', '--gpus=-1']
  const passing = ['--json', '-q', '--no-progress', '--config', 'x.json', '--resume=last']
  expect(repeatableArgv([...line, ...passing], 1, (text) => `<${text}>`)).toEqual([
    ...['--model=<./m.ts>', '--data=<MNIST>', '--max-epochs', '2', '--gpus=-1'],
  ])
})
