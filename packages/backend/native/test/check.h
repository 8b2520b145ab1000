// What the self-tests share: seeded random values, and comparison with plain references.
//
// Each kernel runs with 1 to 4 threads into poisoned outputs; all must give the same bits.
#pragma once
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "../src/engine/kernel_table.h"

namespace ductus::test {

using Floats = std::vector<float>;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinite = std::numeric_limits<float>::infinity();
constexpr float kInf = std::numeric_limits<float>::infinity();

// Of length n. Never at the null pointer, as arrays from JavaScript never are.
inline Floats floats_of(int64_t n, float value = 0) {
  Floats v;
  v.reserve(static_cast<size_t>(n > 0 ? n : 1));
  v.assign(static_cast<size_t>(n), value);
  return v;
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2654435761u + 88172645463325252ull) {}
  uint64_t bits() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  int64_t between(int64_t least, int64_t most) { return least + static_cast<int64_t>(bits() % static_cast<uint64_t>(most - least + 1)); }
  bool chance(int one_in) { return between(1, one_in) == 1; }
  float value() { return static_cast<float>(static_cast<double>(bits() >> 11) / 9007199254740992.0 * 2 - 1); }
  Floats floats(int64_t n) {
    Floats v = floats_of(n);
    for (float& x : v) x = value();
    return v;
  }
  // Few distinct values, so that there are ties.
  Floats coarse(int64_t n) {
    Floats v = floats_of(n);
    for (float& x : v) x = static_cast<float>(between(-2, 2));
    return v;
  }
  template <class Op>
  Op op() {
    return static_cast<Op>(between(0, static_cast<int64_t>(Op::count) - 1));
  }

 private:
  uint64_t state_;
};

struct Suite {
  const KernelTable& kernels;
  Random& random;
  int checks = 0, failures = 0;

  void fail(const std::string& what) {
    if (failures++ < 20) std::printf("FAIL %s\n", what.c_str());
  }

  // The outputs of body(context, outputs), which must not depend on the number of threads.
  std::vector<Floats> run(const std::string& what, const std::vector<int64_t>& sizes,
                          const std::function<void(const Context&, std::vector<Floats>&)>& body) {
    std::vector<Floats> first;
    for (int threads = 1; threads <= 4; threads++) {
      std::vector<Floats> outputs;
      for (int64_t n : sizes) outputs.push_back(floats_of(n, kNaN));
      body(Context{threads}, outputs);
      if (threads == 1) first = outputs;
      for (size_t i = 0; i < outputs.size(); i++)
        if (!outputs[i].empty() && std::memcmp(outputs[i].data(), first[i].data(), outputs[i].size() * sizeof(float)) != 0)
          fail(what + ": other bits with " + std::to_string(threads) + " threads");
    }
    return first;
  }
  Floats run(const std::string& what, int64_t size, const std::function<void(const Context&, float*)>& body) {
    return run(what, std::vector<int64_t>{size}, [&](const Context& c, std::vector<Floats>& out) { body(c, out[0].data()); })[0];
  }

  // |got − want| ≤ tolerance · scale, where scale is the largest of 1 and |want|; NaN and infinity must be the same.
  void close(const std::string& what, const Floats& got, const std::vector<double>& want, double tolerance = 2e-5) {
    checks++;
    if (got.size() != want.size()) return fail(what + ": sizes");
    double scale = 1;
    for (double w : want)
      if (std::isfinite(w)) scale = std::fmax(scale, std::fabs(w));
    for (size_t i = 0; i < got.size(); i++) {
      const double g = static_cast<double>(got[i]), w = want[i];
      const bool same = std::isnan(w) ? std::isnan(g) : std::isinf(w) ? g == w : std::fabs(g - w) <= tolerance * scale;
      if (!same) return fail(what + ": [" + std::to_string(i) + "] expected " + std::to_string(w) + ", received " + std::to_string(g));
    }
  }
  // As close, but each element by its own size.
  void close_each(const std::string& what, const Floats& got, const std::vector<double>& want, double relative) {
    checks++;
    for (size_t i = 0; i < got.size(); i++) {
      const double g = static_cast<double>(got[i]), w = static_cast<double>(static_cast<float>(want[i]));
      const bool same = std::isnan(w) ? std::isnan(g) : std::isinf(w) ? g == w : std::fabs(g - w) <= relative * std::fabs(w) + 1e-37;
      if (!same) return fail(what + ": [" + std::to_string(i) + "] expected " + std::to_string(w) + ", received " + std::to_string(g));
    }
  }
  void equal(const std::string& what, bool holds) {
    checks++;
    if (!holds) fail(what);
  }
};

inline std::vector<double> doubles(const Floats& v) { return std::vector<double>(v.begin(), v.end()); }

double reference_activation(Activation kind, double x);
double reference_derivative(Activation kind, double y);

void test_matrices(Suite&);
void test_convolutions(Suite&);
void test_depthwise(Suite&);
void test_pools(Suite&);
void test_windows(Suite&);
void test_batch_norm(Suite&);
void test_elementwise(Suite&);
void test_reductions(Suite&);
void test_rows(Suite&);
void test_moves(Suite&);
void test_optimizers(Suite&);

}  // namespace ductus::test
