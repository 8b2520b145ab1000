import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { DataError, messageOf } from '../errors/data-error.js'
import { checkPairing, parseIdxImages, parseIdxLabels, type IdxImages } from './idx.js'

const gunzipAsync = promisify(gunzip)

/** Holds images and the label of each. */
export interface LabelledImages {
  images: IdxImages
  labels: Uint8Array
}

/** Reads a file of images and the file of their labels, gzipped or plain, and checks that they fit together. */
export async function readIdxPair(
  imagesPath: string,
  labelsPath: string,
  expected: { dims: { height: number; width: number }; classes: number },
): Promise<LabelledImages> {
  const [imageBytes, labelBytes] = await Promise.all([
    readMaybeGzip(imagesPath),
    readMaybeGzip(labelsPath),
  ])
  const images = parseIdxImages(imageBytes, imagesPath, expected.dims)
  const labels = parseIdxLabels(labelBytes, labelsPath)
  const where = { images: basename(imagesPath), labels: labelsPath }
  checkPairing(images, labels, where, expected.classes)
  return { images, labels }
}

/** Reads a file whole; gzip is undone, with its checksum checked. */
export async function readMaybeGzip(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await gunzipAsync(bytes)
  } catch (error) {
    throw new DataError(
      'bad-file',
      `${path}: expected a whole gzip file, received ${messageOf(error)}. ` +
        'Remove the file and get it again.',
      { cause: error },
    )
  }
}
