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
export { readImage, type ReadImageOptions } from './raster/read-image.js'
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
export { curves, type CurveSeries, type CurvesOptions } from './charts/curves.js'
export { rollingMean } from './charts/rolling-mean.js'
export { downsample, type CurvePoint } from './charts/downsample.js'
export {
  weightHistory,
  type ParameterHistory,
  type WeightHistoryOptions,
} from './charts/weight-history.js'
export { activationStats, type LayerActivations } from './charts/activation-stats.js'
export { readingsByEpoch, type ReadingsByEpochOptions } from './results/readings-by-epoch.js'
export type { SampleReading, SampleReadings } from './run/read-sample-readings.js'
export { lrFinderCurve, type LrSweep } from './charts/lr-finder-curve.js'
export { confusedPairs, confusionOf, confusionOrder, type Confusion } from './results/confusion.js'
export { confusionMatrix, type ConfusionMatrixOptions } from './results/confusion-matrix.js'
export { classAccuracy, type ClassAccuracyOptions } from './results/class-accuracy.js'
export type { ScoreKind } from './results/score-kind.js'
export { calibrationChart, calibrationOf, type CalibrationBin } from './results/calibration.js'
export {
  commonSubstitutions,
  errorsByPosition,
  lineErrorsOf,
  type LineErrors,
} from './results/line-errors.js'
export type { NetworkLayer } from './network/network-layer.js'
export { kindWord } from './network/kind-word.js'
export { costWords } from './network/cost-words.js'
export { networkDiagram, type NetworkDiagramOptions } from './network/network-diagram.js'
export { readRun, type RunData, type TimeRow } from './run/read-run.js'
export { MetricTable, type MetricRow, type MetricSeries } from './run/metric-table.js'
export { allCurves } from './run/all-curves.js'
export { activationCurves, sweepCurve } from './run/recorded-curves.js'
export { speedCurve, stepTimeCurve } from './run/time-curves.js'
export {
  lossHistoryCurve,
  runCurves,
  type RunChart,
  type RunCurvesOptions,
} from './run/run-curves.js'
export { renderReport, writeReport } from './report/render-report.js'
export type { ReportData } from './report/report-data.js'
export { table, tableCss, tableScript, type Cell, type TableOptions } from './report/table.js'
export { watchRun, type Watcher, type WatchOptions } from './watch/watch-run.js'
export {
  convOutput,
  convWindow,
  type ConvShape,
  type ConvWindow,
} from './network/conv-arithmetic.js'
export { explainConv, type ExplainConvOptions } from './network/explain-conv.js'
export { convFrames, type ConvFramesOptions } from './network/conv-frames.js'
export { convFaces } from './network/conv-faces.js'
export {
  explainConvMatrix,
  explainIm2col,
  type ConvMatrixOptions,
} from './network/conv-as-matrix.js'
export { numberGrids, type GridPart } from './network/number-grids.js'
export {
  receptiveField,
  receptiveFieldDiagram,
  type Extent,
  type ReceptiveFieldOptions,
  type WindowLayer,
} from './network/receptive-field.js'
export { joinPictures } from './picture/join-pictures.js'
export { escapeXml } from './svg/element.js'
export { framesScript } from './picture/html-page.js'
