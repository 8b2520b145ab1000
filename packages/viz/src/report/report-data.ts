import type { LayerActivations } from '../charts/activation-stats.js'
import type { LrSweep } from '../charts/lr-finder-curve.js'
import type { ParameterHistory } from '../charts/weight-history.js'
import type { LayerMaps } from '../images/feature-maps.js'
import type { Sample } from '../images/image-grid.js'
import type { KernelTensor } from '../images/kernel-grid.js'
import type { LineSample } from '../images/line-strips.js'
import type { NetworkLayer } from '../network/network-layer.js'
import type { Picture } from '../picture/picture.js'
import type { PixelImage } from '../raster/pixel-image.js'
import type { CalibrationBin } from '../results/calibration.js'
import type { ScoreKind } from '../results/score-kind.js'
import type { Confusion } from '../results/confusion.js'

/** What a report shows beyond the run folder's own files; each part is optional, its section is left out without it. */
export interface ReportData {
  /** Printed under the title, such as the command that made the run. */
  command?: string
  /** Final figures, such as the test's: `test/acc` → 0.97. */
  results?: Readonly<Record<string, number>>
  confusion?: Confusion
  /** What the network was trained with, and what it makes of the samples. */
  scoring?: {
    /** What the samples' scores are. */
    kind: ScoreKind
    /** The loss by name, such as `cross_entropy`, and its value over the samples read. */
    loss: string
    value: number
  }
  calibration?: { bins: readonly CalibrationBin[]; expectedError: number }
  samples?: readonly Sample[]
  /** The examples with the highest loss, the worst first. */
  worst?: readonly Sample[]
  lines?: readonly LineSample[]
  /** References and readings of lines, for errors by position and kind. */
  readings?: readonly { truth: string; read: string }[]
  layers?: readonly NetworkLayer[]
  inputShape?: readonly number[]
  kernels?: readonly KernelTensor[]
  /** `note` says which part of an image the input is. */
  featureMaps?: { input?: PixelImage; layers: readonly LayerMaps[]; note?: string }
  /** Weight and bias histories by layer. */
  histories?: readonly { weights: ParameterHistory; biases?: ParameterHistory }[]
  activations?: readonly LayerActivations[]
  lrSweep?: LrSweep
  /** Versions, backend, machine: name → words. */
  environment?: Readonly<Record<string, string | number>>
  /** Pictures of the user's own, at the end. */
  pictures?: readonly { heading: string; picture: Picture; text?: string }[]
  /** Notes printed at the top, such as what could not be had and why. */
  notes?: readonly string[]
}
