import sharp from 'sharp'

/** Decodes a PNG to RGB bytes with its size. */
export async function decodePng(
  png: Buffer,
): Promise<{ width: number; height: number; at: (x: number, y: number) => number[] }> {
  const { data, info } = await sharp(png)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return {
    width: info.width,
    height: info.height,
    at: (x, y) => {
      const i = (y * info.width + x) * info.channels
      return [...data.subarray(i, i + 3)]
    },
  }
}
