import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  featureMaps,
  imageAt,
  kernelGrid,
  lineStrips,
  networkDiagram,
  readImage,
  rgbChannels,
  savePicture,
  spreadsheetView,
  terminalImage,
  terminalMode,
  terminalRow,
  toHtml,
} from '../../src/index.js'
import { digit, seeded } from '../support/mnist.js'

describe('kernelGrid', () => {
  it('says which part of many channels it shows', () => {
    const random = seeded(4)
    const data = Float32Array.from({ length: 3 * 3 * 64 * 8 }, () => random() - 0.5)
    const { svg } = kernelGrid({ name: 'conv2', data, shape: [3, 3, 64, 8] })
    expect(svg).toContain('the first 16 of 64 input channels')
    expect(() => kernelGrid({ name: 'fc', data, shape: [576, 8] })).toThrow('Pick a convolution')
  })
})

describe('featureMaps', () => {
  it('counts flat maps, and draws those of every layer', () => {
    const data = new Float32Array(4 * 4 * 3)
    for (let p = 0; p < 16; p++) data[p * 3] = p
    const { description, svg } = featureMaps([{ layer: 'conv', data, shape: [4, 4, 3] }], {
      input: digit(0),
    })
    expect(description).toContain('2 of 3 maps flat')
    expect(svg.match(/<image /g)).toHaveLength(4)
    expect(() => featureMaps([])).toThrow('Use a model with convolutions')
  })

  it('draws maps of lines as wide as they can be seen, and those of one row as rows of one image', () => {
    const maps = (height: number, width: number, channels: number) => ({
      layer: `conv${height}`,
      data: Float32Array.from({ length: height * width * channels }, (_u, i) => i % 7),
      shape: [height, width, channels],
    })
    const line = featureMaps([maps(28, 448, 3)])
    expect(line.svg).toMatch(/<image [^>]*width="448" height="28"/)
    const rows = featureMaps([maps(1, 55, 100)])
    expect(rows.svg.match(/<image /g)).toHaveLength(1)
    expect(rows.description).toContain('first 64 shown, a row a map, 0 to 63 from the top')
    expect(rows.height).toBeGreaterThan(300)
  })
})

describe('spreadsheetView', () => {
  it('keeps the colours of values where a page turns dark', () => {
    // 254/255 is the light theme's own background
    const image = { data: new Uint8Array([254, 0]), height: 1, width: 2 }
    expect(toHtml(spreadsheetView(image))).toContain('fill="rgb(254,254,254)"')
  })

  it('gives a page a heading of its own only where no picture bears it', () => {
    const image = { data: new Uint8Array([254, 0]), height: 1, width: 2 }
    const picture = spreadsheetView(image, { title: 'Numbers' })
    expect(toHtml(picture)).toContain('<h1 class="unseen">Numbers</h1>')
    expect(toHtml([picture, picture], 'Two')).toContain('<h1>Two</h1>')
  })

  it('prints the crop that is asked for, two decimals', () => {
    const image = { data: Float32Array.from(digit(0).data, (v) => v / 256), height: 28, width: 28 }
    const { svg } = spreadsheetView(image, { rows: [5, 18], columns: [3, 26] })
    expect(svg).toContain('rows 5–17, columns 3–25')
    expect(svg).toMatch(/>0\.\d\d</)
    expect(() => spreadsheetView(image, { rows: [5, 40] })).toThrow('expected rows within 0 to 28')
  })
})

describe('lineStrips', () => {
  it('boxes what was misread', () => {
    const image = { data: new Uint8Array(28 * 56), height: 28, width: 56 }
    const { svg, description } = lineStrips([
      { image, label: 'ab', prediction: 'ac', title: 'one' },
    ])
    expect(description).toBe('Line 1 is "ab" read "ac"')
    expect(svg.match(/rx="2"/g)).toHaveLength(1)
  })

  it('boxes what was lost, and not all that follows it', () => {
    const image = { data: new Uint8Array(28 * 112), height: 28, width: 112 }
    const { svg } = lineStrips([{ image, label: 'and his', prediction: 'andhls' }])
    // the lost space in the label, the l in the reading
    expect(svg.match(/rx="2"/g)).toHaveLength(2)
    const padded = { image, label: ['a', 'b', '<P>', '<P>', '<P>'], prediction: ['a', 'b'] }
    expect(lineStrips([padded]).svg).not.toContain('rx="2"')
  })

  it('minds no space where the label is padding, but minds a character there', () => {
    const image = { data: new Uint8Array(28 * 112), height: 28, width: 112 }
    const line = { image, label: ['a', '<P>', '<P>', '<P>'], prediction: ['a', ' ', '<P>', 'x'] }
    expect(lineStrips([line]).svg.match(/rx="2"/g)).toHaveLength(1)
  })
})

describe('terminal', () => {
  it('draws a digit in ASCII without a single escape', () => {
    const text = terminalImage(digit(0), { mode: 'ascii', columns: 80 })
    // eslint-disable-next-line no-control-regex -- that there is none is what is tested
    expect(text).not.toMatch(/\u001b/)
    const lines = text.split('\n')
    expect(lines).toHaveLength(28)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(56)
    expect(text).toContain('@@')
  })

  it('puts two pixels in a half block, in true colour or 256', () => {
    const image = { data: [0, 255], height: 2, width: 1 }
    const range = [0, 255] as const
    expect(terminalImage(image, { mode: 'truecolour', range })).toBe(
      '\u001b[38;2;0;0;0;48;2;255;255;255m▀\u001b[0m',
    )
    expect(terminalImage(image, { mode: 'colour256', range })).toBe(
      '\u001b[38;5;16;48;5;231m▀\u001b[0m',
    )
  })

  it('fits wide images to the terminal, captions below', () => {
    const wide = { data: new Uint8Array(28 * 952), height: 28, width: 952 }
    for (const line of terminalImage(wide, { mode: 'ascii', columns: 100 }).split('\n'))
      expect(line.length).toBeLessThanOrEqual(100)
    expect(terminalRow([{ image: digit(0), caption: 'seven' }], { mode: 'ascii' })).toMatch(
      /seven$/,
    )
  })

  it('chooses by the environment', () => {
    expect(terminalMode({ COLORTERM: 'truecolor' }, true)).toBe('truecolour')
    expect(terminalMode({ TERM: 'xterm-256color' }, true)).toBe('colour256')
    expect(terminalMode({ TERM: 'xterm' }, true)).toBe('ascii')
    expect(terminalMode({ COLORTERM: 'truecolor', NO_COLOR: '1' }, true)).toBe('ascii')
    expect(terminalMode({ COLORTERM: 'truecolor' }, false)).toBe('ascii')
  })
})

describe('files', () => {
  it('reads images, grey and colour, and refuses what is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ductus-image-'))
    const file = join(folder, 'a.png')
    await sharp({ create: { width: 4, height: 3, channels: 3, background: '#ff0000' } })
      .png()
      .toFile(file)
    const image = await readImage(file)
    expect([image.height, image.width, image.channels]).toEqual([3, 4, 3])
    expect([...Array.from(image.data).slice(0, 3)]).toEqual([255, 0, 0])
    expect((await readImage(file, { channels: 1 })).channels).toBe(1)
    expect(rgbChannels(image).svg.match(/<image /g)).toHaveLength(4)
    expect(() => rgbChannels(digit(0))).toThrow('3 channels')
    await writeFile(file, 'this is no image')
    await expect(readImage(file)).rejects.toThrow('expected a picture')
    await rm(folder, { recursive: true })
  })

  it('saves by the ending, and names the endings it knows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ductus-save-'))
    const picture = networkDiagram([
      { name: 'fc', kind: 'dense', outputShape: [10], parameters: 7850, macs: 7840 },
    ])
    for (const ending of ['svg', 'png', 'html', 'gif'])
      await savePicture(picture, join(folder, `new/p.${ending}`))
    await expect(savePicture(picture, join(folder, 'p.bmp'))).rejects.toThrow(
      '.svg, .png, .html or .gif',
    )
    expect((await sharp(join(folder, 'new/p.png')).metadata()).width).toBe(picture.width * 2)
    await rm(folder, { recursive: true })
  })

  it('takes one image of a batch without copying', () => {
    const data = new Float32Array(2 * 3 * 3)
    data[9] = 5
    expect(imageAt({ data, shape: [2, 3, 3, 1] }, 1).data[0]).toBe(5)
    expect(() => imageAt({ data, shape: [2, 3, 3, 1] }, 2)).toThrow('below 2')
  })
})
