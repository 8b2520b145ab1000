// Copies part of an image into scratch, with a border of zeros where a window reaches beyond it. Everything in the
// scratch is written, so it need not be cleared.
#pragma once
#include "activation.h"

namespace ductus::DUCTUS_ISA {

struct ImageWindow {
  int64_t top, left;      // in the image; may lie outside it
  int64_t height, width;  // may reach beyond it
};

// to[i] = dy[i] · f′(y[i])
template <Activation kind>
DUCTUS_INLINE void multiply_derivative(const float* dy, const float* y, int64_t n, float* to) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(to + i, load(dy + i) * derivative<kind>(load(y + i)));
  if (i < n) store_first(to + i, load_first(dy + i, n - i) * derivative<kind>(load_first(y + i, n - i)), n - i);
}

// With y not null, x is the gradient of y = activation(…) and the copy is the gradient before the activation.
inline void copy_window(const float* x, const float* y, Activation activation, int64_t height, int64_t width,
                        int64_t channels, const ImageWindow& window, float* to) {
  const int64_t left = greatest<int64_t>(0, -window.left);
  const int64_t from_column = greatest<int64_t>(0, window.left);
  const int64_t columns = least(width - from_column, window.width - left);
  const int64_t row_floats = window.width * channels;
  for (int64_t r = 0; r < window.height; r++, to += row_floats) {
    const int64_t row = window.top + r;
    if (row < 0 || row >= height || columns <= 0) {
      std::memset(to, 0, sizeof(float) * static_cast<size_t>(row_floats));
      continue;
    }
    const int64_t begin = left * channels, n = columns * channels;
    std::memset(to, 0, sizeof(float) * static_cast<size_t>(begin));
    std::memset(to + begin + n, 0, sizeof(float) * static_cast<size_t>(row_floats - begin - n));
    const int64_t at = (row * width + from_column) * channels;
    if (!y) std::memcpy(to + begin, x + at, sizeof(float) * static_cast<size_t>(n));
    else
      with_activation(activation, [&]<Activation kind>() { multiply_derivative<kind>(x + at, y + at, n, to + begin); });
  }
}

}  // namespace ductus::DUCTUS_ISA
