#include "convolution.h"
#include "layout.h"

namespace assay {

namespace {

struct Weights {
  std::vector<Block> blocks;
  const float* panels;
  int64_t rows;         // taps * input channels of one group
  int64_t group_floats;

  const float* panel(int64_t group, const Block& block) const {
    return panels + group * group_floats + rows * block.offset;
  }
};

Weights pack_forward(const Kernels& kernels, const Geometry& geometry,
                     const float* weights, Scratch& scratch) {
  Weights packed;
  packed.blocks = blocks_of(geometry.k, kernels);
  packed.rows = geometry.taps() * geometry.c;
  packed.group_floats = packed.rows * panel_width(packed.blocks, kernels);
  float* panels = scratch.get(geometry.groups * packed.group_floats);
  const int64_t width = geometry.output_channels();
  for (int64_t g = 0; g < geometry.groups; ++g) {
    const float* first = weights + g * geometry.k;
    pack(
        packed.blocks, kernels, packed.rows,
        [=](int64_t row, int64_t j) { return first[row * width + j]; },
        panels + g * packed.group_floats);
  }
  packed.panels = panels;
  return packed;
}

// Call `row` for each row of outputs in one band of an image.
template <typename Row>
void each_row(const Geometry& geometry, const Bands& bands, int64_t band,
              const Row& row) {
  int64_t begin[3] = {0, 0, 0};
  int64_t end[3] = {geometry.output[0], geometry.output[1], 1};
  begin[bands.axis] = bands.begin(band);
  end[bands.axis] = bands.begin(band + 1);
  for (int64_t a = begin[0]; a < end[0]; ++a) {
    for (int64_t b = begin[1]; b < end[1]; ++b) {
      row(a - begin[0], b - begin[1],
          (a * geometry.output[1] + b) * geometry.output[2]);
    }
  }
}

void dense_band(const Kernels& kernels, const Geometry& geometry,
                const Weights& weights, const Bands& bands, int64_t band,
                const View& view, float* output) {
  const int64_t channels = geometry.output_channels();
  for (int64_t g = 0; g < geometry.groups; ++g) {
    const std::vector<Run> runs = window_runs(geometry, view, g);
    for (const Block& block : weights.blocks) {
      RowTask task;
      task.input_step = geometry.stride[2] * view.steps[2];
      task.runs = runs.data();
      task.num_runs = runs.size();
      task.panel = weights.panel(g, block);
      task.panel_step = block.vectors * kernels.lanes;
      task.vectors = block.vectors;
      task.channels = block.channels;
      task.output_step = channels;
      task.length = geometry.output[2];
      each_row(geometry, bands, band, [&](int64_t a, int64_t b, int64_t place) {
        task.input = view.data + a * geometry.stride[0] * view.steps[0] +
                     b * geometry.stride[1] * view.steps[1];
        task.output = output + place * channels + g * geometry.k + block.first;
        kernels.row(task);
      });
    }
  }
}

void depthwise_band(const Kernels& kernels, const Geometry& geometry,
                    const float* weights, const Bands& bands, int64_t band,
                    const View& view, float* output) {
  const std::vector<Run> runs = window_runs(geometry, view, 0);
  DepthwiseTask task;
  task.input_step = geometry.stride[2] * view.steps[2];
  task.runs = runs.data();
  task.num_runs = runs.size();
  task.weights = weights;
  task.channels = geometry.groups;
  task.output_step = geometry.groups;
  task.length = geometry.output[2];
  each_row(geometry, bands, band, [&](int64_t a, int64_t b, int64_t place) {
    task.input = view.data + a * geometry.stride[0] * view.steps[0] +
                 b * geometry.stride[1] * view.steps[1];
    task.output = output + place * geometry.groups;
    kernels.depthwise(task);
  });
}

}  // namespace

void forward(Engine engine, const Geometry& geometry, const float* input,
             const float* weights, float* output) {
  if (winograd_pays(geometry)) {
    return winograd_forward(engine, geometry, input, weights, output);
  }
  thread_local Scratch packed_memory;
  const Kernels& kernels = engine.kernels;
  const bool depthwise = geometry.depthwise();
  Weights packed;
  if (!depthwise) packed = pack_forward(kernels, geometry, weights, packed_memory);
  const int64_t bytes =
      4 * (geometry.input_size() + geometry.output_size());
  const Bands bands =
      cut(geometry.output, geometry.n, bytes, engine.pool.num_threads());
  parallel_for(engine.pool, geometry.n * bands.count, [&](int64_t unit) {
    thread_local Scratch padded;
    const int64_t image = unit / bands.count, band = unit % bands.count;
    const Box box = seen_by(geometry, bands.axis, bands.begin(band),
                            bands.begin(band + 1));
    const View view =
        open_box(input + image * geometry.input_size(), geometry.space,
                 geometry.input_channels(), box, padded);
    float* result = output + image * geometry.output_size();
    if (depthwise) {
      depthwise_band(kernels, geometry, weights, bands, band, view, result);
    } else {
      dense_band(kernels, geometry, packed, bands, band, view, result);
    }
  });
}

}  // namespace assay
