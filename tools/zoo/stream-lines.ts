// Writes the very batches of lines that a fit of ours trains on, in its order, and then the test lines, for a peer.
//
// usage: npx tsx -C @ductus/source tools/zoo/stream-lines.ts '{"model": …, "modelOptions": {…}, "data": {…}, "epochs": n, "weights": FILE}'
// A line of JSON (sizes), then each batch: its size as int32, float32 pixels, int32 labels. `weights` gets the initial
// weights as safetensors, PyTorch's names and layouts.
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { useBackend } from '@ductus/backend'
import { EMNISTLines, type Batch, type DataLoader } from '@ductus/data'
import { LineCNN, LineCNNSimple, exportSafetensors } from '@ductus/models'

interface Task {
  model: 'LineCNN' | 'LineCNNSimple'
  modelOptions: Record<string, unknown>
  data: Record<string, unknown>
  epochs: number
  weights: string
}

const task = JSON.parse(process.argv[2] ?? '{}') as Task
await useBackend('auto', { threads: 1 })
const data = new EMNISTLines(task.data)
await data.setup('fit')
const define = task.model === 'LineCNN' ? LineCNN : LineCNNSimple
const model = define(data.config(), task.modelOptions, { seed: 42 })
await writeFile(task.weights, await exportSafetensors(model))
const [train, test] = [data.trainDataLoader(), data.testDataLoader()]
const { inputDims, outputDims, mapping } = data.config()
const sizes = {
  inputDims,
  maxLength: outputDims[0],
  mapping,
  train: train.length,
  test: test.length,
}
process.stdout.write(`${JSON.stringify(sizes)}\n`)
for (let epoch = 0; epoch < task.epochs; epoch++) await write(train, epoch)
await write(test, 0)
await data.teardown()

async function write(loader: DataLoader, epoch: number): Promise<void> {
  for await (const batch of loader.batches(epoch)) {
    for (const bytes of parts(batch))
      if (!process.stdout.write(bytes)) await once(process.stdout, 'drain')
  }
}

function parts({ size, x, y }: Batch): Uint8Array[] {
  return [Int32Array.of(size), x, y].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  )
}
