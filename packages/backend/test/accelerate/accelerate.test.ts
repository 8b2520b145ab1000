import { accelerate, useBackend } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { layers, sequential } from '@tensorflow/tfjs-layers'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectAllClose } from '../support/all-close.js'
import { backendsHere } from '../support/backends.js'
import { filled, weighted } from '../support/values.js'

/** A stock model with every layer that has a fused twin, and a nested one. */
function build(): LayersModel {
  const initializer = (seed: number) => ({
    className: 'RandomUniform',
    config: { seed, minval: -0.5, maxval: 0.5 },
  })
  const weights = (seed: number) => ({
    kernelInitializer: initializer(seed) as never,
    biasInitializer: initializer(seed + 100) as never,
  })
  const head = sequential({ name: 'head' })
  head.add(
    layers.dense({ name: 'fc1', inputShape: [32], units: 6, activation: 'tanh', ...weights(3) }),
  )
  head.add(layers.dense({ name: 'fc2', units: 4, activation: 'softmax', ...weights(4) }))
  const net = sequential({ name: 'net' })
  net.add(
    layers.conv2d({
      name: 'conv',
      inputShape: [8, 8, 2],
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      ...weights(1),
    }),
  )
  net.add(layers.batchNormalization({ name: 'bn' }))
  net.add(
    layers.depthwiseConv2d({
      name: 'depthwise',
      kernelSize: 3,
      strides: 2,
      padding: 'same',
      depthwiseInitializer: initializer(2) as never,
    }),
  )
  net.add(layers.activation({ name: 'sigmoid', activation: 'sigmoid' }))
  net.add(layers.maxPooling2d({ name: 'pool', poolSize: 2 }))
  net.add(layers.dropout({ name: 'drop', rate: 0.5 }))
  net.add(layers.upSampling2d({ name: 'up', size: [1, 2] }))
  net.add(layers.flatten({ name: 'flat' }))
  net.add(head)
  return net
}

describe.each(await backendsHere())('accelerate on %s', (backend) => {
  beforeAll(async () => void (await useBackend(backend)))

  it('leaves results, gradients and moving statistics what they were', () => {
    const [stock, fast] = [build(), build()]
    const { accelerated, left } = accelerate(fast)
    expect(accelerated).toEqual(['conv', 'bn', 'depthwise', 'sigmoid', 'drop', 'fc1', 'fc2'])
    expect(left).toEqual([])
    tf.tidy(() => {
      const x = filled(1, [3, 8, 8, 2])
      const run = (net: LayersModel, training: boolean) => net.apply(x, { training }) as tf.Tensor
      expectAllClose(run(fast, false).dataSync(), run(stock, false).dataSync())
      const gradients = [stock, fast].map(
        (net) => tf.variableGrads(() => weighted(run(net, false))).grads,
      )
      const names = (net: LayersModel) => net.trainableWeights.map(({ name }) => name)
      // Each model's variables have names of their own, in the same order.
      names(fast).forEach((_, i) => {
        const [a, b] = [stock, fast].map((net, k) => {
          const { val } = net.trainableWeights[i] as unknown as { val: tf.Variable }
          return gradients[k]![val.name]!.dataSync()
        })
        expectAllClose(b!, a!, { atol: 1e-5 }, names(fast)[i])
      })
      run(fast, true)
      run(stock, true)
      const statistics = (net: LayersModel) =>
        net
          .getLayer('bn')
          .getWeights()
          .flatMap((t) => [...t.dataSync()])
      expectAllClose(statistics(fast), statistics(stock))
    })
    stock.dispose()
    fast.dispose()
  })

  it('draws a new dropout mask at each call, the same for the same seed', () => {
    const make = () => {
      const net = sequential()
      net.add(layers.dropout({ name: 'drop', inputShape: [50], rate: 0.5 }))
      accelerate(net, { seed: 3 })
      return net
    }
    tf.tidy(() => {
      const [a, b] = [make(), make()]
      const x = tf.ones([1, 50])
      const mask = (net: LayersModel) =>
        [...(net.apply(x, { training: true }) as tf.Tensor).dataSync()].join()
      const first = mask(a)
      expect(mask(b)).toBe(first)
      expect(mask(a)).not.toBe(first)
      expect([...(a.apply(x) as tf.Tensor).dataSync()]).toEqual([...x.dataSync()])
    })
  })

  it('draws masks by the seed 42 unless it is given another', () => {
    const mask = (options?: { seed: number }): string => {
      const net = sequential()
      net.add(layers.dropout({ name: 'drop', inputShape: [50], rate: 0.5 }))
      accelerate(net, options)
      return tf.tidy(() =>
        (net.apply(tf.ones([1, 50]), { training: true }) as tf.Tensor).dataSync().join(),
      )
    }
    expect(mask()).toBe(mask({ seed: 42 }))
    expect(mask()).not.toBe(mask({ seed: 0 }))
  })

  it('says which layers it leaves, and why', () => {
    class Own extends (layers.dense({ units: 1, name: 'x' }).constructor as typeof layers.Layer) {
      override call(inputs: tf.Tensor | tf.Tensor[], kwargs: never) {
        return super.call(inputs, kwargs)
      }
    }
    const net = sequential({ name: 'odd' })
    net.add(
      layers.conv2d({
        name: 'first',
        inputShape: [2, 4, 4],
        filters: 2,
        kernelSize: 1,
        dataFormat: 'channelsFirst',
      }),
    )
    net.add(layers.activation({ name: 'elu', activation: 'elu' }))
    net.add(layers.batchNormalization({ name: 'axis', axis: 1 }))
    net.add(layers.dropout({ name: 'noise', rate: 0.5, noiseShape: [1, 2, 4, 4] }))
    net.add(layers.flatten({ name: 'flat' }))
    net.add(new Own({ units: 3, name: 'own' } as never))
    expect(accelerate(net)).toEqual({
      accelerated: [],
      left: [
        { layer: 'first', reason: 'dataFormat channelsFirst' },
        { layer: 'elu', reason: 'activation elu' },
        { layer: 'axis', reason: 'axis 1' },
        { layer: 'noise', reason: 'noiseShape' },
        { layer: 'own', reason: 'it has a method of its own' },
      ],
    })
    net.dispose()
  })

  it('takes models that were accelerated before', () => {
    const net = build()
    const { accelerated } = accelerate(net)
    const again = accelerate(net)
    expect(again.accelerated).toEqual([])
    expect(again.left.map(({ layer }) => layer)).toEqual(accelerated)
    net.dispose()
  })
})
