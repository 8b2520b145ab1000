import type { Picture } from '../picture/picture.js'
import { VizError } from '../viz-error.js'
import { curves, type CurvesOptions } from './curves.js'

/** What a layer's outputs looked like at the recorded steps. */
export interface LayerActivations {
  layer: string
  steps: ArrayLike<number>
  mean: ArrayLike<number>
  std: ArrayLike<number>
  /** Share of units that gave nothing above 0 over the batch, 0 to 1. */
  deadShare: ArrayLike<number>
  /** Share of outputs at an end of the activation's range, 0 to 1; of tanh and sigmoid alone. */
  saturatedShare?: ArrayLike<number>
}

/**
 * Draws mean, standard deviation and share of dead units by step, a curve a layer; and the share of saturated outputs
 * where a layer has such.
 */
export async function activationStats(
  layers: readonly LayerActivations[],
  options: Pick<CurvesOptions, 'title' | 'subtitle' | 'theme' | 'width' | 'height'> = {},
): Promise<{ mean: Picture; std: Picture; deadShare: Picture; saturatedShare?: Picture }> {
  if (layers.length === 0) {
    throw new VizError(
      'argument',
      'activationStats: expected at least 1 layer, received none. Record with the ActivationStats callback first.',
    )
  }
  const { width, height = 200, ...words } = options
  const draw = (
    field: 'mean' | 'std' | 'deadShare' | 'saturatedShare',
    yTitle: string,
    title: string,
  ) =>
    curves(
      layers.flatMap((layer) => {
        const y = layer[field]
        return y ? [{ name: layer.layer, x: layer.steps, y }] : []
      }),
      {
        title,
        ...words,
        ...(width === undefined ? {} : { width }),
        height,
        yTitle,
        fromZero: field !== 'mean',
        ...(field.endsWith('Share') ? { yFormat: '.0%' } : {}),
      },
    )
  return {
    mean: await draw('mean', 'Mean', 'Mean activation by layer'),
    std: await draw('std', 'Standard deviation', 'Spread of the activations by layer'),
    deadShare: await draw('deadShare', 'Share of dead units', 'Dead units by layer'),
    ...(layers.some((layer) => layer.saturatedShare)
      ? {
          saturatedShare: await draw(
            'saturatedShare',
            'Share of saturated outputs',
            'Saturated outputs by layer',
          ),
        }
      : {}),
  }
}
