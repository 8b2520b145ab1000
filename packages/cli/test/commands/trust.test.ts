import { existsSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { toSealedJson } from '../../../training/src/files/sealed-json.js'
import { runCli } from '../run-cli.js'
import { runHere } from '../run-here.js'

const example = (name: string) =>
  fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url))

let folder = ''
/** What a payload writes where it is run. */
let proof = ''
let payload = ''
let image = ''
const words = (line: string) => line.split(' ').filter((word) => word !== '')
const small =
  '--max-epochs 1 --limit-train-batches 2 --limit-val-batches 1 --limit-test-batches 1 --num-sanity-val-steps 0 --no-progress'
const fit = (line: string, name: string) =>
  runHere(['fit', ...words(small), ...words(line), '--root-dir', folder, '--name', name])
const run = (name: string) => join(folder, name, 'version_0')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-trust-'))
  proof = join(folder, 'proof.txt')
  payload = join(folder, 'payload.ts')
  await writeFile(
    payload,
    `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(proof)}, 'run')\n`,
  )
  image = join(folder, 'image.png')
  const white = { width: 28, height: 28, channels: 3, background: 'white' } as const
  const bar = { width: 3, height: 18, channels: 3, background: 'black' } as const
  await sharp({ create: white })
    .composite([{ input: await sharp({ create: bar }).png().toBuffer(), left: 12, top: 5 }])
    .png()
    .toFile(image)
})
afterAll(() => rm(folder, { recursive: true }))

interface Written {
  sha256?: string
  hparams: { model?: unknown; data?: unknown; command?: unknown; argv?: unknown }
  models: Record<string, { name: unknown }>
}

/** Rewrites what a run's checkpoints and `hparams.json` say, as anyone who hands a run folder on may. */
async function forge(name: string, change: (manifest: Written) => void) {
  const checkpoints = join(run(name), 'checkpoints')
  const pointer = JSON.parse(await readFile(join(checkpoints, 'best.json'), 'utf8')) as {
    checkpoint: string
  }
  for (const file of [
    join(checkpoints, pointer.checkpoint, 'checkpoint.json'),
    join(run(name), 'hparams.json'),
  ]) {
    const manifest = JSON.parse(await readFile(file, 'utf8')) as Written
    delete manifest.sha256
    change(manifest)
    await writeFile(file, toSealedJson(manifest))
  }
}

/** Every command that takes a run folder. */
const commands: [name: string, line: (run: string, name: string) => string[]][] = [
  ['predict', (run) => ['predict', image, '--checkpoint', run]],
  ['validate', (run) => ['validate', '--checkpoint', run, '--limit-val-batches', '1']],
  ['test', (run) => ['test', '--checkpoint', run, '--limit-test-batches', '1']],
  ['report', (run) => ['report', run, '--samples', '20']],
  [
    'export onnx',
    (run) => ['export', '--checkpoint', run, '--format', 'onnx', '--out', out('onnx')],
  ],
  ['export tfjs', (run) => ['export', '--checkpoint', run, '--out', out('tfjs')]],
  ...['kernels', 'features', 'confusion', 'network', 'history', 'lines', 'curves', 'samples'].map(
    (what): [string, (run: string) => string[]] => [
      `viz ${what}`,
      (run) => ['viz', what, run, '--out', out(`${what}.svg`)],
    ],
  ),
  [
    'fit --resume',
    (_run, name) => ['fit', ...words(small), '--resume', '--root-dir', folder, '--name', name],
  ],
  ['fit --load-checkpoint', (run) => ['fit', ...words(small), '--load-checkpoint', run]],
]
const out = (name: string) => join(folder, `out-${name}`)

/** Runs a command in a process of its own, as a user would, where the payload is found from the working directory. */
async function calls(name: string, line: (run: string, name: string) => string[]) {
  const result = await runHere(line(run(name), name))
  expect(existsSync(proof), 'the payload was run').toBe(false)
  return result
}

describe('a model or data file that a run folder names', () => {
  beforeAll(async () => {
    await fit('--model CNN --conv-dim 4 --fc-dim 8', 'forged')
    await forge('forged', (manifest) => {
      manifest.hparams = {
        command: 'fit',
        argv: [`--model=${payload}`, `--callback=${payload}`, `--data=${payload}`],
        model: { name: 'Nope', path: payload, options: {} },
        data: { name: payload, path: payload, options: {} },
      }
      if ('model' in manifest.models) manifest.models.model.name = payload
    })
  })

  it.each(commands)('is not run by %s', async (_name, line) => {
    await calls('forged', line)
  })

  it('is not run by watch, nor found from the working directory by a process', async () => {
    let page = ''
    const { code } = await runCli(['watch', run('forged'), '--port', '0', '--json'], {
      cwd: folder,
      when: {
        stderr: /Following .*\n/,
        then: (pid, said) =>
          void fetch(/http:\S+/.exec(said)![0])
            .then((response) => response.text())
            .then((text) => (page = text))
            .finally(() => process.kill(pid, 'SIGINT')),
      },
    })
    expect(page).toContain('<h1>forged/version_0</h1>')
    expect([code, existsSync(proof)]).toEqual([130, false])
    const tested = await runCli(['report', run('forged'), '--samples', '20'], { cwd: folder })
    expect([tested.code, existsSync(proof)]).toEqual([0, false])
  })

  it('is asked for: --data ./file.ts, and the model computes as its stock model.json', async () => {
    const { code, stderr } = await runHere(['test', '--checkpoint', run('forged')])
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /was trained on data of a file of your own, ".*payload\.ts".*add --data \.\/file\.ts/,
      ) as string,
    ])
    const named = ['--data', 'MNIST', '--limit-test-batches', '1']
    const tested = await runHere(['test', '--checkpoint', run('forged'), ...named])
    expect(tested.code).toBe(0)
    expect(tested.stdout).toMatch(/^Test: test\/loss/m)
  })

  it('is run where the command line names it', async () => {
    await runHere(['test', '--checkpoint', run('forged'), '--data', payload])
    expect(existsSync(proof)).toBe(true)
    await rm(proof)
  })
})

describe('a name that a run folder gives in place of a path', () => {
  it.each(commands)('is not loaded as a file by %s', async (_name, line) => {
    if (!existsSync(run('named'))) {
      await fit('--model CNN --conv-dim 4 --fc-dim 8', 'named')
      await forge('named', (manifest) => {
        manifest.hparams.data = { name: payload, options: {} }
        manifest.hparams.model = { name: payload, options: {} }
        if ('model' in manifest.models) manifest.models.model.name = payload
      })
    }
    await calls('named', line)
  })
})

describe("a run of the user's own model and data", () => {
  const own = `--model ${example('my-model.ts')} --data ${example('my-data.ts')} --filters 2`
  beforeAll(async () => {
    expect((await fit(`${own} --report`, 'own')).code).toBe(0)
  })

  it('gets its report after the fit, whose command line named them', async () => {
    const html = await readFile(join(run('own'), 'report.html'), 'utf8')
    expect(html).toContain('id="results"')
  })

  it('predicts and exports without them, by the stock model.json', async () => {
    const exported = ['--checkpoint', run('own'), '--out', out('own')]
    for (const line of [
      ['predict', image, '--checkpoint', run('own')],
      ['export', '--format', 'safetensors', ...exported],
      ['export', '--format', 'onnx', ...exported, '--model', example('my-model.ts')],
      ['test', '--checkpoint', run('own'), '--data', example('my-data.ts')],
    ]) {
      const { code, stderr } = await runHere(line)
      expect([code, stderr.match(/^ductus: .*/gm)]).toEqual([0, null])
    }
  })

  it('keeps the options of its data where they are named, and gives the same numbers with the model named', async () => {
    const named = ['--data', example('my-data.ts')]
    const stock = await runHere(['test', '--json', '--checkpoint', run('own'), ...named])
    const full = [...named, '--model', example('my-model.ts')]
    const built = await runHere(['test', '--json', '--checkpoint', run('own'), ...full])
    const metrics = [stock, built].map(
      ({ stdout }) => (JSON.parse(stdout) as { metrics: Record<string, number> }).metrics,
    )
    expect(metrics[0]!['test/loss']).toBeCloseTo(metrics[1]!['test/loss']!, 6)
  })

  it('is resumed with both named, and says which is missing', async () => {
    const resume = '--resume --max-epochs 2'
    const without = await fit(resume, 'own')
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringMatching(
        /with --model of a file of your own \("TinyCNN"\).*add --model \.\/file\.ts/,
      ) as string,
    ])
    const half = await fit(`${resume} --model ${example('my-model.ts')} --filters 2`, 'own')
    expect([half.code, half.stderr]).toEqual([
      2,
      expect.stringMatching(/with --data of a file of your own.*add --data \.\/file\.ts/) as string,
    ])
    expect((await fit(`${resume} ${own}`, 'own')).code).toBe(0)
  })

  it('is the zoo’s to resume only with its model and data named too', async () => {
    await fit('--model CNN --conv-dim 4 --fc-dim 8', 'zoo')
    const { code, stderr } = await fit('--resume --max-epochs 2', 'zoo')
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        'was trained with --model CNN, received none. Add --model CNN.',
      ) as string,
    ])
  })
})

describe('a hostile model.json', () => {
  it('is an error that names the file, with the model to add', async () => {
    const { createHash } = await import('node:crypto')
    await fit('--model CNN --conv-dim 4 --fc-dim 8', 'topology')
    const checkpoints = join(run('topology'), 'checkpoints')
    const { checkpoint } = JSON.parse(await readFile(join(checkpoints, 'best.json'), 'utf8')) as {
      checkpoint: string
    }
    const path = join(checkpoints, checkpoint)
    const file = join(path, 'model', 'model.json')
    const text = (await readFile(file, 'utf8')).replace('"Conv2D"', '"constructor"')
    await writeFile(file, text)
    const manifest = JSON.parse(
      await readFile(join(path, 'checkpoint.json'), 'utf8'),
    ) as Written & {
      files: Record<string, object>
    }
    manifest.models.model!.name = 'Own'
    manifest.files['model/model.json'] = {
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    }
    delete manifest.sha256
    await writeFile(join(path, 'checkpoint.json'), toSealedJson(manifest))
    const { code, stderr } = await runHere(['predict', image, '--checkpoint', path])
    expect(code).toBe(1)
    expect(stderr).toContain(
      `${file}: expected layers of TensorFlow.js, received class "constructor"`,
    )
    expect(stderr).toContain('add --model ./file.ts')
  })
})

describe('names and texts of a run folder', () => {
  it('are text in its report and its pictures, whatever they hold', async () => {
    const script = '<script>document.title="owned"</script>'
    const handler = '"><img src=x onerror=document.title=1>'
    await fit('--model MLP --fc1 8 --fc2 0 --sample-predictions 2', 'markup')
    await forge('markup', (manifest) => {
      const names = Array.from({ length: 10 }, (_, i) => (i % 2 ? script : handler))
      const texts = manifest as unknown as Record<string, unknown>
      texts.software = { [script]: handler, backend: script }
      texts.data = { ...(texts.data as object), name: script, mapping: names }
      manifest.hparams.argv = [script, handler]
      manifest.hparams.command = handler
    })
    await mkdir(join(run('markup'), 'sample-predictions'), { recursive: true })
    const metrics = join(run('markup'), 'metrics.csv')
    const rows = (await readFile(metrics, 'utf8')).split('\n')
    rows[0] = rows[0]!.replace('train/acc', `train/${script}`)
    await writeFile(metrics, rows.join('\n'))
    await appendFile(join(run('markup'), 'time.csv'), '')
    const page = out('markup.html')
    const { code } = await runHere(['report', run('markup'), '--samples', '20', '--out', page])
    expect(code).toBe(0)
    const html = await readFile(page, 'utf8')
    expect(html).toContain('&lt;script&gt;document.title')
    expect(html).not.toContain(script)
    expect(html).not.toContain('<img src=x')
    const svg = out('markup.svg')
    await runHere(['viz', 'curves', run('markup'), '--out', svg])
    expect(await readFile(svg, 'utf8')).not.toContain('<script')
  })
})
