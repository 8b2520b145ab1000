/** A decoded picture: red, green, blue, alpha of each pixel, row by row, 0 to 255. */
export interface RgbaImage {
  width: number
  height: number
  data: Uint8Array | Uint8ClampedArray
}

/** How much ink each pixel bears, row by row: 0 is background, 1 is full ink. */
export interface InkImage {
  width: number
  height: number
  data: Float32Array
}

/** A part of an image: first column and row, width and height. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** Makes an image without ink. */
export function blankInk(width: number, height: number): InkImage {
  return { width, height, data: new Float32Array(width * height) }
}
