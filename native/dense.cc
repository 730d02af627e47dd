#include "dense.h"

#include <algorithm>
#include <cassert>

#include "layout.h"

namespace assay {

namespace {

// With fewer products, a single thread finishes before a second thread wakes up.
constexpr int64_t kWorthSharing = 1 << 20;
// The number of rows whose outer products are summed in one pass. It is small enough
// for the rows to stay in the cache.
constexpr int64_t kPlaces = 256;
// The number of rows in a unit of work for a thread.
constexpr int64_t kRows = 24;
// Wider matrices are packed, because each of their rows is on a different page.
constexpr int64_t kPackedFrom = 512;

template <typename Work>
void share(Engine engine, int64_t products, int64_t count, const Work& work) {
  if (products >= kWorthSharing) return parallel_for(engine.pool, count, work);
  for (int64_t i = 0; i < count; ++i) work(i);
}

// The number of columns, rounded up to whole registers.
int64_t padded(int64_t columns, const Kernels& kernels) {
  return (columns + kernels.lanes - 1) / kernels.lanes * kernels.lanes;
}

// Columns of a matrix, which the kernels read in place or from a packed copy.
struct Panel {
  const float* data;
  int64_t step;
};

Panel panel_of(const Kernels& kernels, const float* matrix, int64_t rows,
               int64_t width, const Block& block, bool packed, float* memory) {
  if (!packed && block.channels == block.vectors * kernels.lanes) {
    return {matrix + block.first, width};
  }
  const int64_t step = block.vectors * kernels.lanes;
  float* copy = memory + rows * block.offset;
  kernels.copy({matrix + block.first, width, rows, block.channels, copy, step});
  return {copy, step};
}

// output (n, .) = input (n, length) times a panel.
void multiply(const Kernels& kernels, const float* input, int64_t input_step,
              int64_t length, int64_t n, const Panel& panel, const Block& block,
              float* output, int64_t output_step) {
  const Run run = {0, 0, length};
  RowTask task;
  task.input = input;
  task.input_step = input_step;
  task.runs = &run;
  task.num_runs = 1;
  task.panel = panel.data;
  task.panel_step = panel.step;
  task.vectors = block.vectors;
  task.channels = block.channels;
  task.output = output;
  task.output_step = output_step;
  task.length = n;
  kernels.row(task);
}

void layer_forward(Engine engine, int64_t n, const float* input,
                   const DenseLayer& layer) {
  thread_local Scratch memory;
  const Kernels& kernels = engine.kernels;
  const int64_t products = n * layer.inputs * layer.units;
  const std::vector<Block> blocks = blocks_of(layer.units, kernels);
  const bool packed = layer.units > kPackedFrom && n >= kRows;
  float* copies = memory.get(layer.inputs * panel_width(blocks, kernels));
  std::vector<Panel> panels(blocks.size());
  share(engine, packed ? products : 0, blocks.size(), [&](int64_t b) {
    panels[b] = panel_of(kernels, layer.kernel, layer.inputs, layer.units,
                         blocks[b], packed, copies);
  });
  const int64_t parts = products < kWorthSharing ? 1 : (n + kRows - 1) / kRows;
  share(engine, products, blocks.size() * parts, [&](int64_t unit) {
    const Block& block = blocks[unit / parts];
    const int64_t begin = unit % parts * n / parts;
    const int64_t end = (unit % parts + 1) * n / parts;
    float* output = layer.values + begin * layer.units + block.first;
    multiply(kernels, input + begin * layer.inputs, layer.inputs, layer.inputs,
             end - begin, panels[unit / parts], block, output, layer.units);
    const uint32_t first = layer.dropout ? layer.dropout->first : 0;
    kernels.activate({layer.activation, output, layer.units,
                      layer.bias + block.first, end - begin, block.channels,
                      layer.dropout,
                      uint32_t(first + begin * layer.units + block.first)});
  });
}

// Compute the kernel's gradient as the transposed input times the output's gradient.
void kernel_gradient(Engine engine, int64_t n, const float* input,
                     const float* gradient, int64_t step, const DenseLayer& layer) {
  const Kernels& kernels = engine.kernels;
  const std::vector<Block> blocks = blocks_of(layer.units, kernels);
  const int64_t products = n * layer.inputs * layer.units;
  const int64_t parts =
      products < kWorthSharing ? 1 : (layer.inputs + 2 * kRows - 1) / (2 * kRows);
  share(engine, products, blocks.size() * parts, [&](int64_t unit) {
    const Block& block = blocks[unit / parts];
    // Lanes beyond the columns of this block belong to the next block or are padding.
    assert(block.first + block.vectors * kernels.lanes <= step);
    const int64_t begin = unit % parts * layer.inputs / parts;
    const int64_t end = (unit % parts + 1) * layer.inputs / parts;
    for (int64_t place = 0; place < n; place += kPlaces) {
      OuterTask task = {};
      task.input = input + place * layer.inputs + begin;
      task.input_steps[2] = layer.inputs;
      task.other = gradient + place * step + block.first;
      task.other_steps[2] = step;
      task.places[0] = task.places[1] = 1;
      task.places[2] = std::min(kPlaces, n - place);
      task.rows = end - begin;
      task.vectors = block.vectors;
      task.channels = block.channels;
      task.sum = layer.kernel_gradient + begin * layer.units + block.first;
      task.sum_step = layer.units;
      task.fresh = place == 0;
      kernels.outer(task);
    }
  });
}

// Compute the input's gradient as the output's gradient times the transposed kernel.
void input_gradient(Engine engine, int64_t n, const float* gradient, int64_t step,
                    const DenseLayer& layer, float* result) {
  const Kernels& kernels = engine.kernels;
  const std::vector<Block> blocks = blocks_of(layer.inputs, kernels);
  const int64_t products = n * layer.inputs * layer.units;
  share(engine, products, blocks.size(), [&](int64_t b) {
    thread_local Scratch memory;
    const Block& block = blocks[b];
    const int64_t width = block.vectors * kernels.lanes;
    float* turned = memory.get(layer.units * width);
    kernels.transpose({layer.kernel + block.first * layer.units, layer.units,
                       block.channels, layer.units, turned, width});
    multiply(kernels, gradient, step, layer.units, n, {turned, width}, block,
             result + block.first, layer.inputs);
  });
}

}  // namespace

void dense_forward(Engine engine, int64_t n, const float* input,
                   const std::vector<DenseLayer>& layers) {
  for (const DenseLayer& layer : layers) {
    layer_forward(engine, n, input, layer);
    input = layer.values;
  }
}

void dense_backward(Engine engine, int64_t n, const float* input,
                    const float* gradient, const std::vector<DenseLayer>& layers,
                    float* first) {
  thread_local Scratch before_memory, after_memory;
  const Kernels& kernels = engine.kernels;
  for (int64_t i = layers.size() - 1; i >= 0; --i) {
    const DenseLayer& layer = layers[i];
    const int64_t step = padded(layer.units, kernels);
    float* before = before_memory.get(n * step);
    kernels.activate_gradient({layer.activation, gradient, layer.units,
                               layer.values, layer.units, before, step,
                               layer.bias_gradient, n, layer.units,
                               layer.dropout});
    kernel_gradient(engine, n, i == 0 ? input : layers[i - 1].values, before, step,
                    layer);
    if (i == 0) {
      for (int64_t row = 0; row < n; ++row) {
        std::copy_n(before + row * step, layer.units, first + row * layer.units);
      }
    } else {
      float* after = after_memory.get(n * layer.inputs);
      input_gradient(engine, n, before, step, layer, after);
      gradient = after;
    }
  }
}

}  // namespace assay
