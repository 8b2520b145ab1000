import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imageGrid, toPng } from '../../src/index.js'
import { digit } from '../support/mnist.js'

const run = promisify(execFile)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-fonts-'))
})
afterAll(() => rm(folder, { recursive: true }))

const picture = () =>
  imageGrid([{ image: digit(0), label: '7', prediction: '9' }], { title: 'Ægir → Σ ≤ 5 × α' })

describe('text in PNG', () => {
  it('is the same, to the byte, on a machine with no fonts at all', async () => {
    const configuration = join(folder, 'fonts.conf')
    await writeFile(configuration, '<?xml version="1.0"?><fontconfig></fontconfig>')
    const script = join(folder, 'draw.mts')
    const source = new URL('../../src/index.ts', import.meta.url).pathname
    const support = new URL('../support/mnist.ts', import.meta.url).pathname
    await writeFile(
      script,
      `import { writeFile } from 'node:fs/promises'
       import sharp from 'sharp'
       import { imageGrid, toPng } from ${JSON.stringify(source)}
       import { digit } from ${JSON.stringify(support)}
       const picture = imageGrid([{ image: digit(0), label: '7', prediction: '9' }], { title: 'Ægir → Σ ≤ 5 × α' })
       await writeFile(process.argv[2]!, await toPng(picture))
       const plain = (text) => sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><text y="20">' + text + '</text></svg>')).png().toBuffer()
       await writeFile(process.argv[3]!, await plain('abcd'))
       await writeFile(process.argv[4]!, await plain('wxyz'))`.replace(
        "'sharp'",
        JSON.stringify(import.meta.resolve('sharp')),
      ),
    )
    const out = join(folder, 'out.png')
    const plain = join(folder, 'abcd.png')
    const other = join(folder, 'wxyz.png')
    await run(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), script, out, plain, other],
      {
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          FONTCONFIG_FILE: configuration,
          FONTCONFIG_PATH: folder,
          XDG_DATA_HOME: folder,
        },
      },
    )
    expect((await readFile(out)).equals(await toPng(picture()))).toBe(true)
    // the proof that the configuration took: text left as text comes out as the same boxes whatever it says
    expect((await readFile(plain)).equals(await readFile(other))).toBe(true)
  })

  it('leaves no text element behind', async () => {
    const { outlineText } = await import('../../src/text/outline-text.js')
    const outlined = outlineText(picture().svg)
    expect(picture().svg).toContain('<text')
    expect(outlined).not.toContain('<text')
  })
})
