// Times kernels on the shapes of real layers: least and median milliseconds, and GFLOP/s at the least. With one thread
// it is processor time that is measured, so that a busy machine disturbs it little; with more, wall time.
//
//   bench [--isa NAME] [--threads N] [--only TEXT] [--repeats N]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "../../src/engine/cores.h"
#include "../../src/engine/kernel_table.h"

using namespace ductus;

namespace {

int repeats = 15;
std::string only;

std::vector<float> values(int64_t n) {
  std::vector<float> v(static_cast<size_t>(n));
  uint32_t state = 12345;
  for (float& x : v) {
    state = state * 1664525u + 1013904223u;
    x = static_cast<float>(state >> 8) / 16777216.0f - 0.5f;
  }
  return v;
}

bool one_thread = false;

double now_ms() {
  timespec t;
  clock_gettime(one_thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) * 1e-6;
}

void time(const std::string& name, double flop, const std::function<void()>& body) {
  if (name.find(only) == std::string::npos) return;
  std::vector<double> ms;
  body();
  for (int i = 0; i < repeats; i++) {
    // Short kernels several times, so that the clock does not matter.
    const double begin = now_ms();
    int count = 0;
    double elapsed = 0;
    do {
      body();
      count++;
      elapsed = now_ms() - begin;
    } while (elapsed < 2);
    ms.push_back(elapsed / count);
  }
  std::sort(ms.begin(), ms.end());
  std::printf("%-44s %9.3f %9.3f ms %8.1f GFLOP/s\n", name.c_str(), ms[0], ms[ms.size() / 2], flop / ms[0] / 1e6);
  std::fflush(stdout);
}

struct Layer {
  const char* name;
  int64_t batch, size, in, out, filter, stride, pad;
};

void time_layer(const KernelTable& k, const Context& c, const Layer& l) {
  const int64_t out_size = (l.size + 2 * l.pad - l.filter) / l.stride + 1;
  const ConvGeometry g = {l.batch, l.size, l.size, l.in, out_size, out_size, l.out, l.filter, l.filter, l.stride, l.stride, 1, 1, l.pad, l.pad};
  const auto x = values(g.batch * g.in_size()), filter = values(g.taps() * g.in_channels * g.out_channels), bias = values(g.out_channels);
  auto y = values(g.batch * g.out_size()), dx = x, d_filter = filter, d_bias = bias;
  const auto dy = values(g.batch * g.out_size());
  const double flop = 2.0 * static_cast<double>(g.batch * out_size * out_size * g.taps() * g.in_channels * g.out_channels);
  time(std::string(l.name) + " forward", flop, [&] { k.conv_forward(c, g, x.data(), filter.data(), bias.data(), Activation::relu, y.data()); });
  time(std::string(l.name) + " filter gradient", flop, [&] {
    k.conv_filter_gradient(c, g, x.data(), dy.data(), y.data(), Activation::relu, d_filter.data(), d_bias.data());
  });
  time(std::string(l.name) + " input gradient", flop, [&] {
    k.conv_input_gradient(c, g, dy.data(), y.data(), Activation::relu, filter.data(), dx.data());
  });
}

void time_gemm(const KernelTable& k, const Context& c, const char* name, bool ta, bool tb, int64_t m, int64_t n, int64_t depth) {
  const auto a = values(m * depth), b = values(depth * n);
  auto out = values(m * n);
  time(name, 2.0 * static_cast<double>(m * n * depth), [&] {
    k.sgemm(c, {ta, tb, m, n, depth}, a.data(), b.data(), nullptr, Activation::linear, out.data());
  });
}

void time_memory_bound(const KernelTable& k, const Context& c) {
  const int64_t batch = 128, size = 28, channels = 64, n = batch * size * size * channels;
  const auto x = values(n);
  auto y = x, dx = x;
  const PoolGeometry g = {batch, size, size, channels, size / 2, size / 2, 2, 2, 2, 2, 1, 1, 0, 0};
  time("max pool 128x28x28x64", 0, [&] { k.max_pool(c, g, x.data(), y.data()); });
  time("max pool gradient", 0, [&] { k.max_pool_gradient(c, g, x.data(), y.data(), dx.data()); });
  time("avg pool", 0, [&] { k.avg_pool(c, g, false, x.data(), y.data()); });
  std::vector<float> scale(static_cast<size_t>(channels), 1.0f), mean = scale, variance = scale, inverse = scale, a = scale, b = scale;
  time("batch norm train + ReLU", 0, [&] {
    k.batch_norm_train(c, n / channels, channels, x.data(), scale.data(), scale.data(), nullptr, 1e-5f, Activation::relu, y.data(), mean.data(),
                       variance.data(), inverse.data());
  });
  time("batch norm gradient + ReLU", 0, [&] {
    k.batch_norm_gradient(c, n / channels, channels, x.data(), x.data(), nullptr, Activation::relu, scale.data(), scale.data(), mean.data(),
                          inverse.data(), dx.data(), nullptr, a.data(), b.data());
  });
  time("dropout", 0, [&] { k.dropout(c, 7, 0.25, 0, n, x.data(), y.data()); });
  time("relu", 0, [&] { k.unary(c, UnaryOp::relu, n, x.data(), 0, 0, y.data()); });
  time("sigmoid", 0, [&] { k.unary(c, UnaryOp::sigmoid, n, x.data(), 0, 0, y.data()); });
  time("tanh", 0, [&] { k.unary(c, UnaryOp::tanh, n, x.data(), 0, 0, y.data()); });
  time("add", 0, [&] { k.binary(c, BinaryOp::add, {1, {n}, {1}, {1}}, x.data(), x.data(), y.data()); });
  time("sum of columns", 0, [&] { k.reduce(c, ReduceOp::sum, {1, n / channels, channels}, x.data(), mean.data()); });
  time("transpose NHWC to NCHW", 0, [&] {
    k.copy4(c, {3, {batch, channels, size * size}, {size * size * channels, 1, channels}}, reinterpret_cast<const uint32_t*>(x.data()),
            reinterpret_cast<uint32_t*>(y.data()));
  });
  auto p = values(1600000), m = p, v = p;
  time("adam 1.6 M", 0, [&] { k.adam(c, {1e-3, 0.9, 0.999, 1e-8, 0, 0.5, 0.5, 1, false}, 1600000, p.data(), x.data(), m.data(), v.data(), nullptr); });
}

}  // namespace

int main(int argc, char** argv) {
  Isa isa = best_isa();
  Context context = {usable_cores()};
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--isa" && !isa_from_name(argv[i + 1], &isa)) return std::fprintf(stderr, "unknown isa\n"), 2;
    if (name == "--threads") context.threads = std::atoi(argv[i + 1]);
    if (name == "--only") only = argv[i + 1];
    if (name == "--repeats") repeats = std::atoi(argv[i + 1]);
  }
  const KernelTable& k = *kernel_table(isa);
  one_thread = context.threads == 1;
  std::printf("%s, %d threads\n", isa_name(isa), context.threads);
  const Layer layers[] = {
      {"CNN 1>64 28 b128", 128, 28, 1, 64, 3, 1, 1},      {"CNN 64>64 28 b128", 128, 28, 64, 64, 3, 1, 1},
      {"128>128 14 b128", 128, 14, 128, 128, 3, 1, 1},    {"256>256 7 b128", 128, 7, 256, 256, 3, 1, 1},
      {"64>128 28 s2 b128", 128, 28, 64, 128, 3, 2, 1},   {"3>64 28 b128", 128, 28, 3, 64, 3, 1, 1},
      {"1x1 64>128 14 b128", 128, 14, 64, 128, 1, 1, 0},  {"LeNet 1>6 5x5 b100", 100, 28, 1, 6, 5, 1, 2},
      {"LeNet 6>16 5x5 b100", 100, 14, 6, 16, 5, 1, 0},   {"tiny 1>4 s2 b256", 256, 28, 1, 4, 3, 2, 1},
      {"tiny 4>8 s2 b256", 256, 14, 4, 8, 3, 2, 1},       {"tiny 8>16 s2 b256", 256, 7, 8, 16, 3, 2, 1},
      {"tiny 16>16 s2 b256", 256, 4, 16, 16, 3, 2, 1},    {"LeCun 1>12 5x5 s2 b1", 1, 16, 1, 12, 5, 2, 2},
      {"LeCun 8>12 5x5 s2 b1", 1, 8, 8, 12, 5, 2, 2},     {"CNN 64>64 28 b1", 1, 28, 64, 64, 3, 1, 1},
      {"ResNet 16>16 28 b128", 128, 28, 16, 16, 3, 1, 1}, {"ResNet 32>32 14 b128", 128, 14, 32, 32, 3, 1, 1},
      {"ResNet 64>64 7 b128", 128, 7, 64, 64, 3, 1, 1},   {"ResNet 16>32 28 s2 b128", 128, 28, 16, 32, 3, 2, 1},
  };
  for (const Layer& layer : layers) time_layer(k, context, layer);
  time_gemm(k, context, "sgemm 2048", false, false, 2048, 2048, 2048);
  time_gemm(k, context, "sgemm 2048 nt", false, true, 2048, 2048, 2048);
  time_gemm(k, context, "sgemm 2048 tn", true, false, 2048, 2048, 2048);
  time_gemm(k, context, "sgemm dense forward 128x128x12544", false, false, 128, 128, 12544);
  time_gemm(k, context, "sgemm dense dx 128x12544x128", false, true, 128, 12544, 128);
  time_gemm(k, context, "sgemm dense dw 12544x128x128", true, false, 12544, 128, 128);
  time_gemm(k, context, "sgemm mlp 128x1024x784", false, false, 128, 1024, 784);
  time_gemm(k, context, "sgemm mlp dx 128x1024x1024", false, true, 128, 1024, 1024);
  time_gemm(k, context, "sgemm mlp dw 1024x1024x128", true, false, 1024, 1024, 128);
  time_gemm(k, context, "sgemm logits 128x10x128", false, false, 128, 10, 128);
  time_gemm(k, context, "sgemm batch 1 1x128x12544", false, false, 1, 128, 12544);
  time_gemm(k, context, "sgemm batch 1 dx 1x12544x128", false, true, 1, 12544, 128);
  time_memory_bound(k, context);
}
