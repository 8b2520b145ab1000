import { expect, it } from 'vitest'
import { parseIdxImages, parseIdxLabels } from '@ductus/data'
import { idxImages, idxLabels } from '../helpers/idx-files.js'

it('reads images row by row', () => {
  const bytes = idxImages(2, { height: 2, width: 3, pixel: (i) => i + 1 })
  const images = parseIdxImages(bytes, 'a')
  expect(images).toMatchObject({ count: 2, height: 2, width: 3 })
  expect(Array.from(images.pixels)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

it('reads labels', () => {
  expect(Array.from(parseIdxLabels(idxLabels(4), 'a'))).toEqual([0, 1, 2, 3])
})

it.each([
  ['a wrong magic number', idxImages(1, { magic: 0x00000801 }), /0x00000803, received 0x00000801/],
  ['other dimensions', idxImages(1, { height: 20, width: 20 }), /28×28, received 20×20/],
  ['a file that ends early', idxImages(2).subarray(0, 800), /expected 1584 bytes.*received 800/],
  ['a file that goes on', Buffer.concat([idxImages(1), Buffer.alloc(1)]), /received 801 bytes/],
  ['half a header', Buffer.alloc(7), /an IDX header of 16 bytes, received 7/],
])('refuses images with %s', (_what, bytes, message) => {
  expect(() => parseIdxImages(bytes, 'a', { height: 28, width: 28 })).toThrow(message)
})

it('refuses labels with the magic number of images', () => {
  expect(() => parseIdxLabels(idxLabels(1, { magic: 0x803 }), 'here/labels')).toThrow(
    'here/labels: expected magic number 0x00000801, received 0x00000803.',
  )
})
