// The gradient with respect to the kernel is a sum of outer products over all places in
// all images. The images are divided into a fixed number of chunks, whose sums are
// added in order at the end. The result therefore does not depend on the scheduling of
// threads.

#include <algorithm>
#include <cassert>
#include <cstring>

#include "convolution.h"
#include "layout.h"

namespace assay {

namespace {

// One band of one image: the input on which it depends, its gradients and its numbers
// of places.
struct Piece {
  View input;
  View gradient;
  int64_t places[3];
};

Piece open_piece(const Geometry& geometry, const Bands& bands, int64_t band,
                 const float* input, const float* gradient, Scratch& scratch) {
  const int64_t begin = bands.begin(band), end = bands.begin(band + 1);
  Piece piece;
  piece.input =
      open_box(input, geometry.space, geometry.input_channels(),
               seen_by(geometry, bands.axis, begin, end), scratch);
  const int64_t channels = geometry.output_channels();
  const int64_t row = geometry.output[2] * channels;
  const int64_t plane = geometry.output[1] * row;
  piece.gradient = {gradient + begin * (bands.axis == 0 ? plane : row),
                    {plane, row, channels}};
  for (int d = 0; d < 3; ++d) piece.places[d] = geometry.output[d];
  piece.places[bands.axis] = end - begin;
  return piece;
}

// Copy the columns of one block of the gradient, padded with zeros to whole registers.
View widen(const Piece& piece, int64_t first, const Block& block, int64_t width,
           Scratch& scratch) {
  const int64_t row = piece.places[2] * width, plane = piece.places[1] * row;
  float* copy = scratch.get(piece.places[0] * plane);
  float* target = copy;
  const View& from = piece.gradient;
  for (int64_t a = 0; a < piece.places[0]; ++a) {
    for (int64_t b = 0; b < piece.places[1]; ++b) {
      const float* source =
          from.data + a * from.steps[0] + b * from.steps[1] + first;
      for (int64_t p = 0; p < piece.places[2]; ++p) {
        std::memcpy(target, source, block.channels * sizeof(float));
        std::memset(target + block.channels, 0,
                    (width - block.channels) * sizeof(float));
        target += width;
        source += from.steps[2];
      }
    }
  }
  return {copy, {plane, row, width}};
}

template <typename Task>
void set_steps(Task& task, const Geometry& geometry, const Piece& piece,
               const View& gradient) {
  for (int d = 0; d < 3; ++d) {
    task.input_steps[d] = geometry.stride[d] * piece.input.steps[d];
    task.other_steps[d] = gradient.steps[d];
    task.places[d] = piece.places[d];
  }
}

void add_dense(const Kernels& kernels, const Geometry& geometry,
               const std::vector<Block>& blocks, const Piece& piece,
               float* sums) {
  thread_local Scratch widened;
  const int64_t rows = geometry.taps() * geometry.c;
  const int64_t group_floats = rows * panel_width(blocks, kernels);
  for (int64_t g = 0; g < geometry.groups; ++g) {
    const std::vector<Run> runs = window_runs(geometry, piece.input, g);
    for (const Block& block : blocks) {
      const int64_t width = block.vectors * kernels.lanes;
      const int64_t first = g * geometry.k + block.first;
      View gradient = piece.gradient;
      gradient.data += first;
      if (block.channels < width) {
        gradient = widen(piece, first, block, width, widened);
      }
      assert(block.channels == width || gradient.steps[2] == width);
      OuterTask task;
      set_steps(task, geometry, piece, gradient);
      task.other = gradient.data;
      task.vectors = block.vectors;
      task.channels = task.sum_step = width;
      task.fresh = false;
      float* panel = sums + g * group_floats + rows * block.offset;
      for (const Run& run : runs) {
        task.input = piece.input.data + run.input;
        task.rows = run.length;
        task.sum = panel + run.row * width;
        kernels.outer(task);
      }
    }
  }
}

void add_depthwise(const Kernels& kernels, const Geometry& geometry,
                   const Piece& piece, float* sums) {
  const std::vector<Run> runs = window_runs(geometry, piece.input, 0);
  DepthwiseOuterTask task;
  set_steps(task, geometry, piece, piece.gradient);
  task.input = piece.input.data;
  task.other = piece.gradient.data;
  task.runs = runs.data();
  task.num_runs = runs.size();
  task.channels = geometry.groups;
  task.sum = sums;
  kernels.depthwise_outer(task);
}

// Add the sums of all chunks for one row of the kernel (tap and input channel).
void reduce_row(const Geometry& geometry, const Kernels& kernels,
                const std::vector<Block>& blocks, const float* sums,
                int64_t chunks, int64_t chunk_floats, int64_t row,
                float* result) {
  const int64_t rows = geometry.taps() * geometry.c;
  const int64_t group_floats = rows * panel_width(blocks, kernels);
  float* target = result + row * geometry.output_channels();
  for (int64_t g = 0; g < geometry.groups; ++g) {
    for (const Block& block : blocks) {
      const float* source = sums + g * group_floats + rows * block.offset +
                            row * block.vectors * kernels.lanes;
      for (int64_t j = 0; j < block.channels; ++j) target[j] = source[j];
      for (int64_t s = 1; s < chunks; ++s) {
        const float* more = source + s * chunk_floats;
        for (int64_t j = 0; j < block.channels; ++j) target[j] += more[j];
      }
      target += block.channels;
    }
  }
}

}  // namespace

void kernel_gradient(Engine engine, const Geometry& geometry, const float* input,
                     const float* gradient, float* result) {
  if (winograd_pays(geometry)) {
    return winograd_kernel_gradient(engine, geometry, input, gradient, result);
  }
  thread_local Scratch sums_memory;
  const Kernels& kernels = engine.kernels;
  const bool depthwise = geometry.depthwise();
  const int64_t threads = engine.pool.num_threads();
  const int64_t bytes = 4 * (geometry.input_size() + geometry.output_size());
  const Bands bands = cut(geometry.output, geometry.n, bytes, threads);
  const int64_t units = geometry.n * bands.count;
  // A depthwise sum has one row per tap, with all channels and without padding.
  const std::vector<Block> blocks = blocks_of(geometry.k, kernels);
  const int64_t rows = geometry.taps() * geometry.c;
  const int64_t floats =
      depthwise ? rows * geometry.groups
                : geometry.groups * rows * panel_width(blocks, kernels);
  // Rounded up to whole cache lines, so that no two threads write to the same line.
  const int64_t chunk_floats = (floats + 15) / 16 * 16;
  const int64_t chunks = num_chunks(units, chunk_floats, threads);
  float* sums = sums_memory.get(chunks * chunk_floats);
  parallel_for(engine.pool, chunks, [&](int64_t chunk) {
    thread_local Scratch padded;
    float* sum = sums + chunk * chunk_floats;
    std::memset(sum, 0, floats * sizeof(float));
    const int64_t end = (chunk + 1) * units / chunks;
    for (int64_t unit = chunk * units / chunks; unit < end; ++unit) {
      const int64_t image = unit / bands.count;
      const Piece piece =
          open_piece(geometry, bands, unit % bands.count,
                     input + image * geometry.input_size(),
                     gradient + image * geometry.output_size(), padded);
      if (depthwise) {
        add_depthwise(kernels, geometry, piece, sum);
      } else {
        add_dense(kernels, geometry, blocks, piece, sum);
      }
    }
  });
  if (depthwise) {
    std::memcpy(result, sums, floats * sizeof(float));
    for (int64_t s = 1; s < chunks; ++s) {
      for (int64_t j = 0; j < floats; ++j) result[j] += sums[s * chunk_floats + j];
    }
    return;
  }
  for (int64_t row = 0; row < rows; ++row) {
    reduce_row(geometry, kernels, blocks, sums, chunks, chunk_floats, row, result);
  }
}

}  // namespace assay
