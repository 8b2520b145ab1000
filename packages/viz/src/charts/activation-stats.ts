import type { PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { VizError } from '../viz-error.js'
import { curves } from './curves.js'

/** What a layer's outputs looked like at the recorded steps. */
export interface LayerActivations {
  layer: string
  steps: ArrayLike<number>
  mean: ArrayLike<number>
  std: ArrayLike<number>
  /** Share of units that gave nothing above 0 over the batch, 0 to 1. */
  deadShare: ArrayLike<number>
}

/** Draws mean, standard deviation and share of dead units by step, a curve a layer: three pictures. */
export async function activationStats(
  layers: readonly LayerActivations[],
  options: PictureOptions = {},
): Promise<{ mean: Picture; std: Picture; deadShare: Picture }> {
  if (layers.length === 0) {
    throw new VizError(
      'argument',
      'activationStats: expected at least 1 layer, received none. Record with the ActivationStats callback first.',
    )
  }
  const draw = (field: 'mean' | 'std' | 'deadShare', yTitle: string, title: string) =>
    curves(
      layers.map((layer) => ({ name: layer.layer, x: layer.steps, y: layer[field] })),
      { title, ...options, yTitle, height: 200, fromZero: field !== 'mean' },
    )
  return {
    mean: await draw('mean', 'Mean', 'Mean activation by layer'),
    std: await draw('std', 'Standard deviation', 'Spread of the activations by layer'),
    deadShare: await draw('deadShare', 'Share of dead units', 'Dead units by layer'),
  }
}
