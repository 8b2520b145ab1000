import { describe, expect, it } from 'vitest'
import { isPlainName, plainName } from '../../src/files/plain-name.js'

describe('one plain name', () => {
  it.each([
    'model',
    'epoch=0003-validation.loss=0.123',
    'last-epoch=5-batch=0',
    'events.out.tfevents.0000000001.host.12.0',
    'Größe 1',
    '..x',
    'console',
  ])('is %s', (name) => {
    expect(isPlainName(name)).toBe(true)
  })

  it.each([
    '',
    '.',
    '..',
    'a/b',
    '../a',
    '/etc/passwd',
    'a\\b',
    'C:\\a',
    'C:a',
    'file:stream',
    'a\0b',
    'a\nb',
    'con',
    'NUL.txt',
    'lpt1',
    'a.',
    'a ',
    'a*',
    'x'.repeat(256),
    5,
    null,
    ['a'],
  ])('is not %j', (name) => {
    expect(isPlainName(name)).toBe(false)
    expect(() => plainName(name, 'last.json: checkpoint')).toThrow(
      'last.json: checkpoint: expected one plain name inside its folder',
    )
  })
})
