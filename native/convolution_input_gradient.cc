// The gradient with respect to the input, computed by gathering. Tap t connects row i
// of the input to row j of the output if stride * j + dilation * t - low = i. The
// remainder of i modulo the stride is the phase of row i. Rows with the same phase are
// connected by the same taps.

#include "convolution.h"
#include "layout.h"

namespace assay {

namespace {

int64_t floor_divide(int64_t a, int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

struct Meeting {
  int64_t tap;
  int64_t place;  // output row, counted from the start of the box
};

// Find the taps that connect row i in dimension d to an output row.
void meetings(const Geometry& geometry, int d, int64_t i, int64_t start,
              std::vector<Meeting>& result) {
  result.clear();
  for (int64_t t = 0; t < geometry.window[d]; ++t) {
    const int64_t at = i + geometry.low[d] - t * geometry.dilation[d];
    const int64_t place = floor_divide(at, geometry.stride[d]);
    if (place * geometry.stride[d] == at) result.push_back({t, place - start});
  }
}

// The box of outputs that depend on the input rows [begin, end) along one axis.
Box reached_by(const Geometry& geometry, int axis, int64_t begin, int64_t end) {
  Box box;
  for (int d = 0; d < 3; ++d) {
    const int64_t first = d == axis ? begin : 0;
    const int64_t last = (d == axis ? end : geometry.space[d]) - 1;
    const int64_t back = geometry.reach(d) - 1;
    box.start[d] =
        floor_divide(first + geometry.low[d] - back, geometry.stride[d]);
    box.size[d] =
        floor_divide(last + geometry.low[d], geometry.stride[d]) -
        box.start[d] + 1;
  }
  return box;
}

// Iterates over the input rows of one band. For each phase of each row, it calls `row`
// with the runs of gradients that contribute to that phase.
class Walk {
 public:
  Walk(const Geometry& geometry, const View& view, const Box& box)
      : geometry_(geometry), view_(view), box_(box) {}

  // row(runs, first input row of the phase in the image, number of rows)
  template <typename Row>
  void band(const Bands& bands, int64_t number, int64_t group, const Row& row) {
    int64_t begin[2] = {0, 0};
    int64_t end[2] = {geometry_.space[0], geometry_.space[1]};
    begin[bands.axis] = bands.begin(number);
    end[bands.axis] = bands.begin(number + 1);
    for (int64_t a = begin[0]; a < end[0]; ++a) {
      meetings(geometry_, 0, a, box_.start[0], outer_);
      for (int64_t b = begin[1]; b < end[1]; ++b) {
        meetings(geometry_, 1, b, box_.start[1], middle_);
        const int64_t first = (a * geometry_.space[1] + b) * geometry_.space[2];
        phases(first, group, row);
      }
    }
  }

 private:
  template <typename Row>
  void phases(int64_t first, int64_t group, const Row& row) {
    const int64_t step = geometry_.stride[2], size = geometry_.space[2];
    for (int64_t phase = 0; phase < step && phase < size; ++phase) {
      meetings(geometry_, 2, phase, box_.start[2], inner_);
      collect(group);
      row(runs_, first + phase, (size - phase + step - 1) / step);
    }
  }

  void collect(int64_t group) {
    runs_.clear();
    const int64_t* window = geometry_.window;
    for (const Meeting& a : outer_) {
      for (const Meeting& b : middle_) {
        for (const Meeting& e : inner_) {
          const int64_t tap = (a.tap * window[1] + b.tap) * window[2] + e.tap;
          const int64_t at = a.place * view_.steps[0] + b.place * view_.steps[1] +
                             e.place * view_.steps[2] + group * geometry_.k;
          runs_.push_back({at, tap * geometry_.k, geometry_.k});
        }
      }
    }
  }

  const Geometry& geometry_;
  const View& view_;
  const Box& box_;
  std::vector<Meeting> outer_, middle_, inner_;
  std::vector<Run> runs_;
};

// The transposed weights, packed into panels with taps * k rows and c columns.
struct Transposed {
  std::vector<Block> blocks;
  const float* panels;
  int64_t rows;
  int64_t group_floats;
};

Transposed pack_transposed(const Kernels& kernels, const Geometry& geometry,
                           const float* weights, Scratch& scratch) {
  Transposed packed;
  packed.blocks = blocks_of(geometry.c, kernels);
  packed.rows = geometry.taps() * geometry.k;
  packed.group_floats = packed.rows * panel_width(packed.blocks, kernels);
  float* panels = scratch.get(geometry.groups * packed.group_floats);
  const int64_t width = geometry.output_channels(), c = geometry.c,
                k = geometry.k;
  for (int64_t g = 0; g < geometry.groups; ++g) {
    const float* first = weights + g * k;
    pack(
        packed.blocks, kernels, packed.rows,
        [=](int64_t row, int64_t j) {
          return first[(row / k * c + j) * width + row % k];
        },
        panels + g * packed.group_floats);
  }
  packed.panels = panels;
  return packed;
}

void dense_band(const Kernels& kernels, const Geometry& geometry,
                const Transposed& weights, Walk& walk, const Bands& bands,
                int64_t band, const View& view, float* result) {
  const int64_t channels = geometry.input_channels();
  for (int64_t g = 0; g < geometry.groups; ++g) {
    for (const Block& block : weights.blocks) {
      RowTask task;
      task.input = view.data;
      task.input_step = view.steps[2];
      task.panel =
          weights.panels + g * weights.group_floats + weights.rows * block.offset;
      task.panel_step = block.vectors * kernels.lanes;
      task.vectors = block.vectors;
      task.channels = block.channels;
      task.output_step = geometry.stride[2] * channels;
      walk.band(bands, band, g,
                [&](const std::vector<Run>& runs, int64_t place, int64_t count) {
                  task.runs = runs.data();
                  task.num_runs = runs.size();
                  task.output =
                      result + place * channels + g * geometry.c + block.first;
                  task.length = count;
                  kernels.row(task);
                });
    }
  }
}

void depthwise_band(const Kernels& kernels, const Geometry& geometry,
                    const float* weights, Walk& walk, const Bands& bands,
                    int64_t band, const View& view, float* result) {
  DepthwiseTask task;
  task.input = view.data;
  task.input_step = view.steps[2];
  task.weights = weights;
  task.channels = geometry.groups;
  task.output_step = geometry.stride[2] * geometry.groups;
  walk.band(bands, band, 0,
            [&](const std::vector<Run>& runs, int64_t place, int64_t count) {
              task.runs = runs.data();
              task.num_runs = runs.size();
              task.output = result + place * geometry.groups;
              task.length = count;
              kernels.depthwise(task);
            });
}

}  // namespace

void input_gradient(Engine engine, const Geometry& geometry,
                    const float* gradient, const float* weights, float* result) {
  if (winograd_pays(geometry)) {
    return winograd_input_gradient(engine, geometry, gradient, weights, result);
  }
  thread_local Scratch packed_memory;
  const Kernels& kernels = engine.kernels;
  const bool depthwise = geometry.depthwise();
  Transposed packed;
  if (!depthwise) {
    packed = pack_transposed(kernels, geometry, weights, packed_memory);
  }
  const int64_t bytes = 4 * (geometry.input_size() + geometry.output_size());
  const Bands bands =
      cut(geometry.space, geometry.n, bytes, engine.pool.num_threads());
  parallel_for(engine.pool, geometry.n * bands.count, [&](int64_t unit) {
    thread_local Scratch padded;
    const int64_t image = unit / bands.count, band = unit % bands.count;
    const Box box = reached_by(geometry, bands.axis, bands.begin(band),
                               bands.begin(band + 1));
    const View view =
        open_box(gradient + image * geometry.output_size(), geometry.output,
                 geometry.output_channels(), box, padded);
    float* rows = result + image * geometry.input_size();
    Walk walk(geometry, view, box);
    if (depthwise) {
      depthwise_band(kernels, geometry, weights, walk, bands, band, view, rows);
    } else {
      dense_band(kernels, geometry, packed, walk, bands, band, view, rows);
    }
  });
}

}  // namespace assay
