/**
 * The JavaScript face of `ductus.node`, the C++ engine.
 *
 * Rules that hold for every function:
 *
 * - Arrays are dense, row-major, NHWC. Results are written into arrays that the caller gives; every element of a
 *   result is overwritten, whatever it held before (so a recycled array needs no clearing). `accumulate`-style
 *   functions (`axpy`, `ema`, the optimizers) are the exception and say so.
 * - Types and lengths are checked against the geometry before anything is read. What does not fit throws
 *   `TypeError` (wrong type) or `RangeError` (wrong length or geometry):
 *   `conv2dForward: expected x of length 784, received 783.` A detached array has length 0 and so is refused;
 *   arrays over a `SharedArrayBuffer` are accepted, except as labels, indices and lengths, which another thread could
 *   change after they were checked.
 * - A result may be the same array as an input only where a function says "may be in place". Other overlaps are
 *   not detected: they give wrong numbers, never a crash.
 * - Empty tensors are fine everywhere: a reduction of nothing gives the operation's neutral element.
 * - The same call gives the same bits at any number of threads, in any thread of the process. Different
 *   instruction sets may differ in the last bits.
 * - Geometry is an `Int32Array`; it is read during the call only, so one array can be kept and reused.
 * - Calls are synchronous and may be made from any number of `worker_threads`; whoever finds the thread pool busy
 *   computes alone.
 */
export interface Addon {
  // ---------------------------------------------------------------- the engine itself

  /** Version of this interface; the loader refuses a binary that has another one. */
  readonly abi: number
  /** Instruction sets this CPU has, best first. */
  readonly isas: readonly Isa[]
  /** Cores this process may use: affinity mask and cgroup quota, whichever is less. */
  readonly cores: number
  /** The most threads that one instance computes with. */
  readonly maxThreads: number
  /** Compiler that built the binary, such as `gcc 12.2.0`. */
  readonly compiler: string

  /** Codes of the fused activations. */
  readonly activations: Readonly<Record<Activation, number>>
  readonly unaryOps: Readonly<Record<UnaryOp, number>>
  readonly binaryOps: Readonly<Record<BinaryOp, number>>
  readonly compareOps: Readonly<Record<CompareOp, number>>
  readonly reduceOps: Readonly<Record<ReduceOp, number>>

  /** The instruction set in use by this instance: `DUCTUS_ISA` at load, or the best one there is. */
  isa(): Isa
  /** Switches this instance's instruction set. Throws where the CPU lacks it. */
  setIsa(isa: Isa): void
  /** Threads this instance computes with: `DUCTUS_THREADS` at load, at most `maxThreads`, or `cores`. */
  threads(): number
  /** Sets the threads, 1 to `maxThreads`, for this instance. */
  setThreads(threads: number): void
  /** Bytes of scratch memory kept for reuse by the whole process. */
  scratchBytes(): number
  /** Frees the scratch memory that is kept for reuse. */
  releaseScratch(): void

  // ---------------------------------------------------------------- matrices and convolutions

  /**
   * `c = activation(op(a) · op(b) + bias)`, for one matrix or a batch.
   *
   * `geometry`: `[transposeA, transposeB, m, n, k, activation, …batch]`, flags 0 or 1. `batch` is a triple
   * `(size, strideA, strideB)` for each batch axis, outermost first, at most 6; strides count whole matrices, 0
   * broadcasts. One matrix: no triples.
   *
   * `a` holds matrices `[m, k]` (`[k, m]` transposed), `b` `[k, n]` (`[n, k]`), `c` `[…batch, m, n]`, `bias` `[n]`.
   */
  sgemm(
    geometry: Int32Array,
    a: Float32Array,
    b: Float32Array,
    bias: Float32Array | null,
    c: Float32Array,
  ): void

  /**
   * 2-D convolution. `geometry` is {@link ConvGeometry}. `x [batch, inHeight, inWidth, inChannels]`,
   * `filter [filterHeight, filterWidth, inChannels, outChannels]`, `bias [outChannels]`,
   * `y [batch, outHeight, outWidth, outChannels]`; `activation` is a code of `activations`.
   */
  conv2dForward(
    geometry: ConvGeometry,
    x: Float32Array,
    filter: Float32Array,
    bias: Float32Array | null,
    activation: number,
    y: Float32Array,
  ): void

  /**
   * Gradients of filter and bias. With an activation other than linear, `y` is the layer's output and `dy` the
   * gradient of that output: the activation's derivative is applied on the way. With linear, `y` is null.
   */
  conv2dFilterGradient(
    geometry: ConvGeometry,
    x: Float32Array,
    dy: Float32Array,
    y: Float32Array | null,
    activation: number,
    dFilter: Float32Array,
    dBias: Float32Array | null,
  ): void

  /** Gradient of the input; `y` and `activation` as in {@link conv2dFilterGradient}. */
  conv2dInputGradient(
    geometry: ConvGeometry,
    dy: Float32Array,
    y: Float32Array | null,
    activation: number,
    filter: Float32Array,
    dx: Float32Array,
  ): void

  /**
   * Depthwise convolution: {@link ConvGeometry} with `outChannels = inChannels * multiplier`,
   * `filter [filterHeight, filterWidth, inChannels, multiplier]`.
   */
  depthwiseForward(
    geometry: ConvGeometry,
    x: Float32Array,
    filter: Float32Array,
    bias: Float32Array | null,
    activation: number,
    y: Float32Array,
  ): void
  depthwiseFilterGradient(
    geometry: ConvGeometry,
    x: Float32Array,
    dy: Float32Array,
    y: Float32Array | null,
    activation: number,
    dFilter: Float32Array,
    dBias: Float32Array | null,
  ): void
  depthwiseInputGradient(
    geometry: ConvGeometry,
    dy: Float32Array,
    y: Float32Array | null,
    activation: number,
    filter: Float32Array,
    dx: Float32Array,
  ): void

  // ---------------------------------------------------------------- pooling

  /** Max pooling, padding left out of every window. NaN and empty windows as TensorFlow.js' `cpu` has them. */
  maxPool(geometry: PoolGeometry, x: Float32Array, y: Float32Array): void
  /** Gradient of max pooling; among equal values it goes to the one that TensorFlow.js' `cpu` picks. */
  maxPoolGradient(geometry: PoolGeometry, x: Float32Array, dy: Float32Array, dx: Float32Array): void
  /**
   * Average pooling. The divisor is the window's size with `countPadding`, else the number of its elements that
   * lie in the input (TensorFlow.js' forward kernels).
   */
  avgPool(geometry: PoolGeometry, countPadding: boolean, x: Float32Array, y: Float32Array): void
  /** Gradient of average pooling (TensorFlow.js' `cpu` has `countPadding` here, though not forwards). */
  avgPoolGradient(
    geometry: PoolGeometry,
    countPadding: boolean,
    dy: Float32Array,
    dx: Float32Array,
  ): void

  // ---------------------------------------------------------------- windows

  /**
   * Lays out the windows of `x [batch, inHeight, inWidth, channels]` (im2col): `patches [batch, outHeight, outWidth,
   * windowHeight · windowWidth · channels]`, 0 where a window leaves the image.
   */
  unfold(geometry: PoolGeometry, x: Float32Array, patches: Float32Array): void
  /** Puts windows back in their places, adding where they overlap: the transpose of {@link unfold}. */
  fold(geometry: PoolGeometry, patches: Float32Array, x: Float32Array): void

  // ---------------------------------------------------------------- batch normalisation

  /**
   * Normalises `x [rows, channels]` over its rows: `y = activation((x − mean) · invStd · scale + offset + residual)`.
   * A null `residual`, `[rows, channels]` like `x`, is 0. `channels` is `mean`'s length. Writes `mean`, the biased `variance` (`/ rows`) and
   * `invStd = 1 / √(variance + epsilon)`, which the gradient wants back. A null `scale` is 1, a null `offset` 0.
   */
  batchNormTrain(
    x: Float32Array,
    scale: Float32Array | null,
    offset: Float32Array | null,
    residual: Float32Array | null,
    epsilon: number,
    activation: number,
    y: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    invStd: Float32Array,
  ): void
  /**
   * Gradients of {@link batchNormTrain}; those that are null are not written. `y` may be null where there was no
   * residual: it is computed again, which takes less time than to read it.
   */
  batchNormGradient(
    x: Float32Array,
    dy: Float32Array,
    y: Float32Array | null,
    activation: number,
    scale: Float32Array | null,
    offset: Float32Array | null,
    mean: Float32Array,
    invStd: Float32Array,
    dx: Float32Array,
    dResidual: Float32Array | null,
    dScale: Float32Array | null,
    dOffset: Float32Array | null,
  ): void
  /** `y = activation((x − mean) / √(variance + epsilon) · scale + offset + residual)` by channel. */
  batchNormInference(
    x: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    scale: Float32Array | null,
    offset: Float32Array | null,
    residual: Float32Array | null,
    epsilon: number,
    activation: number,
    y: Float32Array,
  ): void

  // ---------------------------------------------------------------- element by element

  /**
   * `y[i] = op(x[i])`. May be in place. `alpha` and `beta` are used by: `leakyRelu`, `step`, `elu` (alpha),
   * `clip` (alpha = least, beta = greatest), `affine` (`alpha · x + beta`); others ignore them.
   */
  unary(op: number, x: Float32Array, alpha: number, beta: number, y: Float32Array): void

  /**
   * `y = op(a, b)`. May be in place with an operand of `y`'s own shape.
   *
   * `geometry` null: each of `a` and `b` has `y`'s length or length 1. Else it broadcasts: triples
   * `(size, strideA, strideB)` for each axis of `y`, outermost first, at most 8 axes; strides count elements, 0
   * broadcasts. Strides are not negative; nothing beyond the arrays may be reached.
   */
  binary(
    op: number,
    geometry: Int32Array | null,
    a: Float32Array,
    b: Float32Array,
    y: Float32Array,
  ): void

  /** As {@link binary}, giving 0 or 1. NaN compares as in JavaScript. */
  compare(
    op: number,
    geometry: Int32Array | null,
    a: Float32Array,
    b: Float32Array,
    y: Uint8Array,
  ): void

  /** `y[i] = condition[i] ? a[i] : b[i]`; `a` and `b` may have length 1. */
  select(condition: Uint8Array, a: Float32Array, b: Float32Array, y: Float32Array): void

  /**
   * Gradient through an activation from its output: `dx = dy · f′`, with f′ expressed in `y`
   * (`activation` is a code of `activations`). May be in place with `dy`.
   */
  activationGradient(activation: number, dy: Float32Array, y: Float32Array, dx: Float32Array): void

  /** `y = amplitude · tanh(slope · x)`, `amplitude` not 0. May be in place. */
  scaledTanh(slope: number, amplitude: number, x: Float32Array, y: Float32Array): void
  /** Gradient of {@link scaledTanh} from its output. May be in place with `dy`. */
  scaledTanhGradient(
    slope: number,
    amplitude: number,
    dy: Float32Array,
    y: Float32Array,
    dx: Float32Array,
  ): void

  /** `y = activation(x + bias)`, `x [rows, channels]`, `bias [channels]`. May be in place. */
  biasActivation(x: Float32Array, bias: Float32Array, activation: number, y: Float32Array): void

  // ---------------------------------------------------------------- softmax and cross-entropy

  /** Softmax of each row of `x [rows, classes]`. May be in place. */
  softmax(classes: number, x: Float32Array, y: Float32Array): void
  /** Gradient of softmax from its output: `dx = y · (dy − Σ dy · y)`. */
  softmaxGradient(classes: number, y: Float32Array, dy: Float32Array, dx: Float32Array): void
  /** Log-softmax of each row. May be in place. */
  logSoftmax(classes: number, x: Float32Array, y: Float32Array): void
  /** Gradient of log-softmax from its output: `dx = dy − exp(y) · Σ dy`. */
  logSoftmaxGradient(classes: number, y: Float32Array, dy: Float32Array, dx: Float32Array): void

  /**
   * Softmax cross-entropy of each row with an integer label, as PyTorch's `cross_entropy(reduction='none')`:
   * `(1 − ε) · w[label] · −log p[label] + ε / classes · Σ w[c] · −log p[c]`, ε = `smoothing` in [0, 1],
   * `w` = `weights [classes]` or all 1. A row whose label equals `ignoredLabel` has loss 0; any other label
   * outside [0, classes) throws. Pass −1 where none is ignored and let −1 be so.
   */
  crossEntropy(
    classes: number,
    logits: Float32Array,
    labels: Int32Array,
    smoothing: number,
    weights: Float32Array | null,
    ignoredLabel: number,
    losses: Float32Array,
  ): void
  /** Gradient of {@link crossEntropy}: `dLosses [rows]`, or of length 1 for the same factor on every row. */
  crossEntropyGradient(
    classes: number,
    logits: Float32Array,
    labels: Int32Array,
    smoothing: number,
    weights: Float32Array | null,
    ignoredLabel: number,
    dLosses: Float32Array,
    dLogits: Float32Array,
  ): void

  // ---------------------------------------------------------------- reductions

  /** Reduces the middle axis of `x [outer, size, inner]` to `y [outer, inner]`. */
  reduce(
    op: number,
    outer: number,
    size: number,
    inner: number,
    x: Float32Array,
    y: Float32Array,
  ): void
  /** Index of the first greatest (or least) value along the middle axis. NaN as TensorFlow.js' `cpu` has it. */
  argMax(outer: number, size: number, inner: number, x: Float32Array, y: Int32Array): void
  argMin(outer: number, size: number, inner: number, x: Float32Array, y: Int32Array): void
  /** Σ x², in double precision and a fixed order. */
  sumOfSquares(x: Float32Array): number

  // ---------------------------------------------------------------- moving data (float32, int32 or uint8, all alike)

  /** `geometry`: pairs `(size, source axis)` for each axis of `y`: `y.shape[i] = size`, `y` axis i = `x` axis source. */
  transpose<T extends Movable>(geometry: Int32Array, x: T, y: T): void
  /** `geometry`: triples `(size of x, before, after)` for each axis; the border is `value`. */
  pad<T extends Movable>(geometry: Int32Array, value: number, x: T, y: T): void
  /** `geometry`: triples `(size of x, begin, size of y)` for each axis. */
  slice<T extends Movable>(geometry: Int32Array, x: T, y: T): void
  /**
   * `geometry`: quadruples `(size of x, begin, step, size of y)` for each axis: `y[i] = x[begin + i · step]`. Steps may
   * be negative.
   */
  stridedSlice<T extends Movable>(geometry: Int32Array, x: T, y: T): void
  /** Joins `xs[i] [outer, innerᵢ]` to `y [outer, Σ innerᵢ]`. */
  concat<T extends Movable>(outer: number, xs: readonly T[], y: T): void
  /**
   * `y[o, j, i] = x[o, indices[j], i]`, `x [outer, size, inner]`, `y [outer, indices.length, inner]`. An index
   * outside [0, size) throws.
   */
  gather<T extends Movable>(
    outer: number,
    size: number,
    inner: number,
    indices: Int32Array,
    x: T,
    y: T,
  ): void
  /**
   * Gradient of {@link gather} with outer 1: `y[s] = Σ x[j]` over `indices[j] = s`; `x [indices.length, inner]`,
   * `y [segments, inner]`. Indices outside [0, segments) are left out, as `unsortedSegmentSum` does.
   */
  segmentSum(inner: number, indices: Int32Array, x: Float32Array, y: Float32Array): void
  /** `y [indices.length, depth]`; an index outside [0, depth) gives a row of `off`. */
  oneHot(depth: number, indices: Int32Array, on: number, off: number, y: Float32Array): void
  /**
   * Converts by the arrays' types: Float32Array (float32), Int32Array (int32), Uint8Array (bool). To int32 as
   * `Int32Array.from` does (truncated, modulo 2³², NaN gives 0); to bool: `x != 0`, NaN gives 1.
   */
  cast(x: Movable, y: Movable): void

  // ---------------------------------------------------------------- dropout

  /**
   * `y[i] = keep(i) ? x[i] · float32(1 / (1 − rate)) : 0`. Its own gradient, called with `dy`. May be in place.
   *
   * `keep(i)` is a hash of `key` (uint32) and of the index alone, which begins at `first` (uint32) and wraps. The same
   * bits in JavaScript:
   *
   * ```js
   * let h = Math.imul(first + i, 0x9e3779b1) ^ key
   * h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
   * h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
   * h ^= h >>> 16
   * const keep = h >>> 8 >= Math.floor(rate * 16777216)
   * ```
   *
   * and the value is `Math.fround(x[i] * Math.fround(1 / (1 - rate)))`. `rate` in [0, 1]; at 1 all is 0.
   */
  dropout(key: number, rate: number, first: number, x: Float32Array, y: Float32Array): void

  // ---------------------------------------------------------------- optimizers: one pass, in place, PyTorch's formulas

  /**
   * Adam, or AdamW with `decoupled`. Updates `p`, `m`, `v` (and `vMax`, AMSGrad, unless null).
   * `correction1 = 1 − β₁ᵗ`, `correction2 = 1 − β₂ᵗ`, computed by the caller in doubles. The gradient is multiplied
   * by `gradientScale` first (1: as it is).
   */
  adam(
    p: Float32Array,
    g: Float32Array,
    m: Float32Array,
    v: Float32Array,
    vMax: Float32Array | null,
    lr: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    weightDecay: number,
    decoupled: boolean,
    correction1: number,
    correction2: number,
    gradientScale: number,
  ): void
  /**
   * SGD. `momentum` is used where `buffer` is not null; at the `first` step the buffer is set to the gradient
   * (without dampening), as PyTorch does.
   */
  sgd(
    p: Float32Array,
    g: Float32Array,
    buffer: Float32Array | null,
    lr: number,
    momentum: number,
    dampening: number,
    weightDecay: number,
    nesterov: boolean,
    first: boolean,
    gradientScale: number,
  ): void
  /** RMSprop; centered where `average` is not null, with momentum where `buffer` is not null. */
  rmsprop(
    p: Float32Array,
    g: Float32Array,
    square: Float32Array,
    average: Float32Array | null,
    buffer: Float32Array | null,
    lr: number,
    alpha: number,
    epsilon: number,
    weightDecay: number,
    momentum: number,
    gradientScale: number,
  ): void

  /**
   * `d = gradientScale · g + weightDecay · p; sum += d²; p −= rate · d / (√sum + epsilon)`, in double precision: the
   * bits that JavaScript's numbers give.
   */
  adagrad(
    p: Float32Array,
    g: Float32Array,
    sum: Float32Array,
    rate: number,
    epsilon: number,
    weightDecay: number,
    gradientScale: number,
  ): void
  /** `y += alpha · x` */
  axpy(alpha: number, x: Float32Array, y: Float32Array): void
  /** `y = alpha · x`. May be in place. */
  scale(alpha: number, x: Float32Array, y: Float32Array): void
  /** `y += (1 − decay) · (x − y)` */
  ema(decay: number, x: Float32Array, y: Float32Array): void

  // ---------------------------------------------------------------- sequences

  /**
   * CTC loss of each sequence and, unless null, its gradient with respect to the logits (the softmax is part of
   * it). `geometry`: `[batch, steps, classes, maxLabels, blank]`; `logits [batch, steps, classes]`,
   * `labels [batch, maxLabels]` (entries beyond a sequence's length are not read), `logitLengths [batch]`,
   * `labelLengths [batch]`, `losses [batch]`, `dLogits` as `logits` (for a loss gradient of 1 each; 0 beyond a
   * sequence's length). A label sequence that does not fit has loss Infinity and gradient 0.
   */
  ctcLoss(
    geometry: Int32Array,
    logits: Float32Array,
    labels: Int32Array,
    logitLengths: Int32Array,
    labelLengths: Int32Array,
    losses: Float32Array,
    dLogits: Float32Array | null,
  ): void
}

export type Isa = 'avx512' | 'avx2' | 'portable'

/** Activations that kernels fuse. Each has a derivative that its output determines. */
export type Activation = 'linear' | 'relu' | 'tanh' | 'sigmoid' | 'relu6'

/**
 * 15 integers: `[batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth,
 * strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft]`.
 * Output pixel (r, c) sees input rows `r · stride − pad + k · dilation`; what lies outside the input counts as 0.
 */
export type ConvGeometry = Int32Array

/**
 * 14 integers: `[batch, inHeight, inWidth, channels, outHeight, outWidth, windowHeight, windowWidth, strideHeight,
 * strideWidth, dilationHeight, dilationWidth, padTop, padLeft]`.
 */
export type PoolGeometry = Int32Array

/** Arrays that data-moving functions take; input and output have the same type. */
export type Movable = Float32Array | Int32Array | Uint8Array

export type UnaryOp =
  | 'relu'
  | 'relu6'
  | 'leakyRelu'
  | 'elu'
  | 'selu'
  | 'sigmoid'
  | 'logSigmoid'
  | 'softplus'
  | 'tanh'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sqrt'
  | 'rsqrt'
  | 'square'
  | 'reciprocal'
  | 'neg'
  | 'abs'
  | 'sign'
  | 'step'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'sin'
  | 'cos'
  | 'erf'
  | 'clip'
  | 'affine'

/**
 * `reluGradient` (dy, x or y), `relu6Gradient` (dy, x), `eluGradient` (dy, y), `sigmoidGradient` (dy, y),
 * `tanhGradient` (dy, y); `prelu` is (x, slope); `divNoNan` gives 0 where the divisor is 0.
 */
export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'divNoNan'
  | 'maximum'
  | 'minimum'
  | 'squaredDifference'
  | 'pow'
  | 'prelu'
  | 'reluGradient'
  | 'relu6Gradient'
  | 'eluGradient'
  | 'sigmoidGradient'
  | 'tanhGradient'

export type CompareOp = 'equal' | 'notEqual' | 'greater' | 'greaterEqual' | 'less' | 'lessEqual'

export type ReduceOp = 'sum' | 'mean' | 'max' | 'min' | 'prod' | 'sumOfSquares'
