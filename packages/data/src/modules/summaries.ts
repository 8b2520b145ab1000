/** What lists and help say of each data module; apart, so that a list loads nothing else. */
export const mnistSummary =
  'Handwritten digits, 28×28: 55,000 training, 5,000 validation, 10,000 test'
export const fashionMnistSummary =
  'Articles of clothing, 28×28: 50,000 training, 10,000 validation, 10,000 test'
export const emnistSummary =
  'Handwritten digits and letters, 28×28, of up to 62 classes in a mapping of 83'
export const emnistLinesSummary =
  'Synthetic lines of handwriting: sentences set in EMNIST characters, 28 pixels high'
