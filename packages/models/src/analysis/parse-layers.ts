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
 * `s2` (stride), `p1`, `same` or `valid` (padding), `d2` (dilation), `nobias`, `name=…`, in any order.
 *
 * @throws ModelError `BAD_OPTION` that names the layer and the word
 * @example parseLayers('conv 8 3 s2 p1; relu; flatten; dense 10')
 */
export function parseLayers(text: string): LayerSpec[] {
  const layers = text
    .split(/[;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (layers.length > 0) return layers.map(parseLayer)
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
  if (match && sizes.every((size) => size > 0)) return sizes
  throw new ModelError(
    'BAD_OPTION',
    `parseInput: expected height x width x channels, received "${text}". Write such as 28x28x1.`,
  )
}

function parseLayer(text: string): LayerSpec {
  const [kind = '', ...words] = text.split(/\s+/)
  const named = words.flatMap((word) => (word.startsWith('name=') ? [word.slice(5)] : []))[0]
  const name = named === undefined ? {} : { name: named }
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
      const known = plain[kind.toLowerCase() as keyof typeof plain] as LayerSpec['kind'] | undefined
      if (!known) unknownKind(kind)
      const extra = known === 'dropout' ? rest.slice(1) : rest
      if (extra.length > 0) refuse(text, extra[0]!)
      return { kind: known, ...name } as LayerSpec
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
  for (const word of words) {
    const match = /^([spd])(\d+(?:x\d+)?)$/.exec(word)
    if (word === 'same' || word === 'valid') found.padding = word
    else if (word === 'nobias') found.useBias = false
    else if (match?.[1] === 's') found.strides = size(match[2]!)
    else if (match?.[1] === 'p') found.padding = size(match[2]!)
    else if (match?.[1] === 'd') found.dilation = size(match[2]!)
    else refuse(layer, word)
  }
  return found
}

function takeNumber(layer: string, what: string, words: string[]): number {
  const word = words.shift()
  if (word !== undefined && /^\d+$/.test(word) && Number(word) > 0) return Number(word)
  throw new ModelError(
    'BAD_OPTION',
    `parseLayers: expected ${what} in "${layer}", received ${word ?? 'nothing'}. Write such as conv 8 3 s2 p1.`,
  )
}

function takeSize(layer: string, words: string[]): Pair {
  const word = words.shift()
  if (word !== undefined && /^\d+(x\d+)?$/.test(word)) return size(word)
  throw new ModelError(
    'BAD_OPTION',
    `parseLayers: expected the window's size in "${layer}", received ${word ?? 'nothing'}. Write 3 or 3x5.`,
  )
}

function size(word: string): Pair {
  const [rows, columns] = word.split('x').map(Number) as [number, number?]
  return columns === undefined ? rows : [rows, columns]
}

function refuse(layer: string, word: string): never {
  throw new ModelError(
    'BAD_OPTION',
    `parseLayers: expected s2, p1, same, valid, d2, nobias or name=… where they apply, received "${word}" in "${layer}". ` +
      'Leave it out.',
  )
}

function unknownKind(kind: string): never {
  const suggestion = nearest(kind, kinds)
  throw new ModelError(
    'BAD_OPTION',
    `parseLayers: unknown layer "${kind}".${suggestion ? ` Did you mean ${suggestion}?` : ''} Known: ${kinds.join(', ')}.`,
  )
}
