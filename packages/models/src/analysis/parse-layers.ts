import { ModelError } from '../model-error.js'
import { nearest } from '../nearest.js'
import type { LayerSpec, Pair } from './layer-spec.js'

const plain = {
  flatten: 'flatten',
  globalavgpool: 'globalAvgPool',
  batchnorm: 'batchNorm',
  dropout: 'dropout',
  relu: 'relu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  scaledtanh: 'scaledTanh',
} as const

const kinds = ['conv', 'dense', 'maxpool', 'avgpool', ...Object.keys(plain)]

/**
 * Reads a network written as text, layers apart by `;` or lines.
 *
 * `conv FILTERS KERNEL`, `dense UNITS`, `maxpool SIZE`, `avgpool SIZE`, `flatten`, `globalavgpool`, `batchnorm`,
 * `dropout RATE`, `relu`, `sigmoid`, `tanh`, `scaledtanh`. A size is `3` or `3x5` (rows × columns). After it may come
 * `s2` (stride), `p1`, `same` or `valid` (padding), `d2` (dilation), `nobias`, `name=…`, in any order, each once. A name is one
 * layer's alone, and not `input`.
 *
 * @throws ModelError `BAD_OPTION` that names the layer and the word
 * @example parseLayers('conv 8 3 s2 p1; relu; flatten; dense 10')
 */
export function parseLayers(text: string): LayerSpec[] {
  const layers = text
    .split(/[;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (layers.length > 0) return named(layers.map(parseLayer))
  throw new ModelError(
    'BAD_OPTION',
    "parseLayers: expected at least one layer, received none. Write such as 'conv 8 3 s2 p1; flatten; dense 10'.",
  )
}

/**
 * Reads an input's size: `28x28x1` is height, width and channels; `28x28` has one channel.
 *
 * @throws ModelError `BAD_OPTION` for anything else
 */
export function parseInput(text: string): [number, number, number] {
  const match = /^(\d+)[x×](\d+)(?:[x×](\d+))?$/.exec(text.trim())
  const sizes = match?.slice(1, 4).map((size) => Number(size ?? 1)) as [number, number, number]
  if (match && sizes.every(isSize)) return sizes
  throw new ModelError(
    'BAD_OPTION',
    `parseInput: expected height x width x channels, received "${text}". Write such as 28x28x1.`,
  )
}

/** Refuses two layers of one name. */
function named(layers: LayerSpec[]): LayerSpec[] {
  const seen = new Set<string>()
  for (const { name } of layers) {
    if (name === undefined) continue
    if (seen.has(name)) {
      throw new ModelError(
        'BAD_OPTION',
        `parseLayers: expected a name of its own for each layer, received "${name}" twice. Rename one.`,
      )
    }
    seen.add(name)
  }
  return layers
}

function parseLayer(text: string): LayerSpec {
  const [kind = '', ...words] = text.split(/\s+/)
  const names = words.filter((word) => word.startsWith('name='))
  if (names.length > 1) refuse(text, names[1]!, 'one name')
  const given = names[0]?.slice('name='.length)
  if (given === '' || given === 'input') refuse(text, names[0]!, 'a name other than input')
  const name = given === undefined ? {} : { name: given }
  const rest = words.filter((word) => !word.startsWith('name='))
  const at = (what: string) => takeNumber(text, what, rest)
  switch (kind.toLowerCase()) {
    case 'conv': {
      const filters = at('the number of filters')
      return {
        kind: 'conv',
        filters,
        kernelSize: takeSize(text, rest),
        ...modifiers(text, rest),
        ...name,
      }
    }
    case 'dense': {
      const { useBias, ...others } = rest.length > 1 ? modifiers(text, rest.slice(1)) : {}
      if (Object.keys(others).length > 0) refuse(text, rest[1]!)
      return {
        kind: 'dense',
        units: at('the number of units'),
        ...(useBias === false && { useBias }),
        ...name,
      }
    }
    case 'maxpool':
    case 'avgpool': {
      const size = takeSize(text, rest)
      const { strides, ...others } = modifiers(text, rest)
      if (Object.keys(others).length > 0) refuse(text, rest[0]!)
      const pool = kind.toLowerCase() === 'maxpool' ? 'maxPool' : 'avgPool'
      return { kind: pool, size, ...(strides && { strides }), ...name }
    }
    default: {
      const word = kind.toLowerCase()
      if (!isPlain(word)) unknownKind(kind)
      const known = plain[word]
      if (known === 'dropout' && rest.length > 0) checkRate(text, rest.shift()!)
      if (rest.length > 0) refuse(text, rest[0]!)
      return { kind: known, ...name }
    }
  }
}

interface Modifiers {
  strides?: Pair
  padding?: Pair | 'same' | 'valid'
  dilation?: Pair
  useBias?: boolean
}

function modifiers(layer: string, words: readonly string[]): Modifiers {
  const found: Modifiers = {}
  const set = <Name extends keyof Modifiers>(name: Name, value: Modifiers[Name], word: string) => {
    if (found[name] !== undefined) refuse(layer, word, `one word for ${said[name]}`)
    found[name] = value
  }
  for (const word of words) {
    const match = /^([spd])(\d+(?:x\d+)?)$/.exec(word)
    if (word === 'same' || word === 'valid') set('padding', word, word)
    else if (word === 'nobias') set('useBias', false, word)
    else if (match?.[1] === 's') set('strides', size(layer, match[2]!), word)
    else if (match?.[1] === 'p') set('padding', size(layer, match[2]!, 0), word)
    else if (match?.[1] === 'd') set('dilation', size(layer, match[2]!), word)
    else refuse(layer, word)
  }
  return found
}

const said = {
  strides: 'the stride',
  padding: 'the padding',
  dilation: 'the dilation',
  useBias: 'the bias',
}

function isPlain(kind: string): kind is keyof typeof plain {
  return Object.hasOwn(plain, kind)
}

/** The arithmetic needs no rate: what is written must still be one. */
function checkRate(layer: string, word: string): void {
  if (/^\d*\.?\d+$/.test(word) && Number(word) < 1) return
  refuse(layer, word, 'a rate from 0 to below 1')
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0
}

function takeNumber(layer: string, what: string, words: string[]): number {
  const word = words.shift()
  if (word !== undefined && /^\d+$/.test(word) && isSize(Number(word))) return Number(word)
  throw new ModelError(
    'BAD_OPTION',
    `parseLayers: expected ${what} in "${layer}", received ${word ?? 'nothing'}. Write such as conv 8 3 s2 p1.`,
  )
}

function takeSize(layer: string, words: string[]): Pair {
  const word = words.shift()
  if (word !== undefined && /^\d+(x\d+)?$/.test(word)) return size(layer, word)
  throw new ModelError(
    'BAD_OPTION',
    `parseLayers: expected the window's size in "${layer}", received ${word ?? 'nothing'}. Write 3 or 3x5.`,
  )
}

function size(layer: string, word: string, least = 1): Pair {
  const [rows, columns] = word.split('x').map(Number) as [number, number?]
  for (const one of [rows, columns ?? rows]) {
    if (!Number.isSafeInteger(one) || one < least) refuse(layer, word, `sizes of at least ${least}`)
  }
  return columns === undefined ? rows : [rows, columns]
}

function refuse(
  layer: string,
  word: string,
  expected = 's2, p1, same, valid, d2, nobias or name=… where they apply',
): never {
  throw new ModelError(
    'BAD_OPTION',
    `parseLayers: expected ${expected}, received "${word}" in "${layer}". Change it or leave it out.`,
  )
}

function unknownKind(kind: string): never {
  const suggestion = nearest(kind, kinds)
  throw new ModelError(
    'BAD_OPTION',
    `parseLayers: unknown layer "${kind}".${suggestion ? ` Did you mean ${suggestion}?` : ''} Known: ${kinds.join(', ')}.`,
  )
}
