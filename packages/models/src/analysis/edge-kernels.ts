/** Kernels 3×3 that answer to edges: light above or below, left or right, and along both diagonals. */
export const edgeKernels = {
  /** Dark above, light below. */
  top: [
    [-1, -1, -1],
    [0, 0, 0],
    [1, 1, 1],
  ],
  /** Dark on the left, light on the right. */
  left: [
    [-1, 0, 1],
    [-1, 0, 1],
    [-1, 0, 1],
  ],
  diag1: [
    [0, -1, 1],
    [-1, 1, 0],
    [1, 0, 0],
  ],
  diag2: [
    [1, -1, 0],
    [0, 1, -1],
    [0, 0, 1],
  ],
} as const satisfies Record<string, readonly (readonly number[])[]>
