import type { ModelFacts } from './facts.js'

const lab = 'Full Stack Deep Learning 2021, text recognizer'

export const mlpFacts: ModelFacts = {
  name: 'MLP',
  summary: 'Two hidden layers with ReLU and dropout',
  source: `${lab}, lab 2`,
  file: 'packages/models/src/zoo/mlp.ts',
  reads: 'image',
}

export const cnnFacts: ModelFacts = {
  name: 'CNN',
  summary: 'Two 3×3 convolutions, max-pooling, dropout and a hidden layer; grows by options',
  source: `${lab}, lab 2 and its homework`,
  file: 'packages/models/src/zoo/cnn.ts',
  reads: 'image',
}

export const resNetFacts: ModelFacts = {
  name: 'ResNet',
  summary: 'Residual blocks of 3×3 convolutions with batch norm, global average pooling',
  source: 'He et al. 2016, Deep Residual Learning, section 4.2',
  file: 'packages/models/src/zoo/resnet.ts',
  reads: 'image',
}

export const leNet5Facts: ModelFacts = {
  name: 'LeNet5',
  summary: 'Two 5×5 convolutions and three dense layers with batch norm and average pooling',
  source: 'a FashionMNIST exercise after LeCun et al. 1998',
  file: 'packages/models/src/zoo/lenet5.ts',
  reads: 'image',
}

export const leCun1990Facts: ModelFacts = {
  name: 'LeCun1990',
  summary: 'Two 5×5 convolutions of stride 2 and two dense layers with scaled tanh',
  source: 'LeCun et al. 1990, Handwritten digit recognition with a back-propagation network',
  file: 'packages/models/src/zoo/lecun1990.ts',
  reads: 'image',
}

export const simpleCNNFacts: ModelFacts = {
  name: 'SimpleCNN',
  summary: 'Five 3×3 convolutions of stride 2, nothing else',
  source: 'fast.ai, Convolutions (miniai)',
  file: 'packages/models/src/zoo/simple-cnn.ts',
  reads: 'image',
}

export const lineCNNSimpleFacts: ModelFacts = {
  name: 'LineCNNSimple',
  summary: 'The CNN on one window after another along a line',
  source: `${lab}, lab 2`,
  file: 'packages/models/src/zoo/line-cnn-simple.ts',
  reads: 'line',
}

export const lineCNNFacts: ModelFacts = {
  name: 'LineCNN',
  summary: 'Fully convolutional: eight 3×3 convolutions, then one over windows along a line',
  source: `${lab}, lab 3`,
  file: 'packages/models/src/zoo/line-cnn.ts',
  reads: 'line',
}
