export { VizError, type VizErrorCode } from './viz-error.js'
export type { Drawing, Picture } from './picture/picture.js'
export type { PictureOptions } from './picture/compose-picture.js'
export { toPng } from './picture/to-png.js'
export { toGif } from './picture/to-gif.js'
export { figure, htmlPage, toHtml, type HtmlPageParts } from './picture/html-page.js'
export { savePicture } from './picture/save-picture.js'
export { themes, type Theme, type ThemeName } from './theme/theme.js'
export { colourAt, type ColourMapName } from './theme/colour-map.js'
export { imageAt, rangeOf, type PixelImage, type PixelRange } from './raster/pixel-image.js'
export { readImage } from './raster/read-image.js'
export { imageGrid, type ImageGridOptions, type Sample } from './images/image-grid.js'
export { spreadsheetView, type Span, type SpreadsheetOptions } from './images/spreadsheet-view.js'
export { kernelGrid, type KernelGridOptions, type KernelTensor } from './images/kernel-grid.js'
export { featureMaps, type FeatureMapsOptions, type LayerMaps } from './images/feature-maps.js'
export { lineStrips, type LineSample, type LineStripsOptions } from './images/line-strips.js'
export { rgbChannels, type RgbChannelsOptions } from './images/rgb-channels.js'
export {
  terminalImage,
  terminalMode,
  terminalRow,
  type TerminalImageOptions,
  type TerminalMode,
} from './images/terminal-image.js'
