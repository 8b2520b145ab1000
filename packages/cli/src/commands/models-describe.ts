import { findDataClass } from '../classes/find-data-class.js'
import { findModelClass } from '../classes/find-model-class.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { modelsDescribeOptions } from '../options/look-options.js'
import { createPrinter } from '../terminal/printer.js'

/** Shows a model's layers with output shapes and parameters, for the dimensions of a data module. */
export async function modelsDescribe({
  args,
  values,
  model: modelOptions,
  data: dataOptions,
  io,
}: CommandCall<OptionValues<typeof modelsDescribeOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const found = await findModelClass(args[0] ?? '')
  const DataClass = await (await findDataClass(values.data ?? 'MNIST')).load()
  const { useBackend } = await import('@ductus/backend')
  const { summarize, summary } = await import('@ductus/models')
  await useBackend('cpu')
  const define = await found.load()
  const config = new DataClass(dataOptions).config()
  const model = define(config, modelOptions, { seed: values.seed })
  printer.result(summary(model))
  printer.json(summarize(model))
  model.dispose()
  return 0
}
