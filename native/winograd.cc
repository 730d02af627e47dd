// Convolution with 3x3 kernels and stride 1 by Winograd's minimal filtering F(2x2, 3x3)
// (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2015). Up to
// their signs, the factors of the transforms are 0, 1 and 1/2, so float32 results are
// as accurate as those of a plain sum.
//
// Tiles of 4x4 inputs are transformed to 16 planes (tiles, c). Each plane is multiplied
// by the corresponding plane (c, k) of the weights. The resulting 16 planes (tiles, k)
// are transformed to tiles of 2x2 outputs.

#include <algorithm>
#include <cstring>

#include "convolution.h"
#include "layout.h"

namespace assay {

namespace {

constexpr int64_t kPlanes = 16;
// The number of floats in the planes of one band. The planes fit into the second-level
// cache, unless the weights are so large that reading them for each band would be slow.
int64_t band_floats(int64_t c, int64_t k) {
  return std::max<int64_t>(96 * 1024, kPlanes * c * k / 4);
}

// A division of the image into tiles, and of the rows of tiles into bands.
struct Tiling {
  int64_t across;  // tiles in a row
  int64_t rows;    // rows of tiles
  int64_t bands;

  Tiling(int64_t height, int64_t width, int64_t c, int64_t k)
      : across((width + 1) / 2), rows((height + 1) / 2) {
    const int64_t row_floats = kPlanes * across * (c + k);
    const int64_t together = std::max<int64_t>(band_floats(c, k) / row_floats, 1);
    bands = (rows + together - 1) / together;
  }

  int64_t begin(int64_t band) const { return band * rows / bands; }
  int64_t tiles(int64_t band) const {
    return (begin(band + 1) - begin(band)) * across;
  }
  int64_t most_tiles() const { return (rows + bands - 1) / bands * across; }
};

// The box on which the tiles of a band depend, if the first output's window starts at
// -low.
Box seen_by_band(const Tiling& tiling, int64_t band, const int64_t low[3]) {
  const int64_t rows = tiling.begin(band + 1) - tiling.begin(band);
  return {{0, 2 * tiling.begin(band) - low[1], -low[2]},
          {1, 2 * rows + 2, 2 * tiling.across + 2}};
}

// The planes of the weights as panels, ordered by block and then by plane.
struct Panels {
  std::vector<Block> blocks;
  const float* data;
  int64_t rows;

  const float* of(const Block& block) const {
    return data + kPlanes * rows * block.offset;
  }
};

// `taps` is (3, 3, rows, columns).
Panels transform_weights(Engine engine, const float* taps, int64_t rows,
                         int64_t columns, Scratch& scratch) {
  const Kernels& kernels = engine.kernels;
  Panels panels;
  panels.blocks = blocks_of(columns, kernels);
  panels.rows = rows;
  float* data =
      scratch.get(kPlanes * rows * panel_width(panels.blocks, kernels));
  for (const Block& block : panels.blocks) {
    const int64_t width = block.vectors * kernels.lanes;
    float* panel = data + kPlanes * rows * block.offset;
    for (int64_t row = 0; row < rows; ++row) {
      kernels.winograd_weights(taps + row * columns + block.first,
                               rows * columns, block.channels,
                               panel + row * width, rows * width);
    }
  }
  panels.data = data;
  return panels;
}

// A convolution of `input` (n, height, width, c), with output (n, height', width', k).
struct Pass {
  int64_t images;
  int64_t from[3];  // 1, height, width
  int64_t to[3];
  int64_t low[3];
  int64_t c;
  int64_t k;
};

void multiply_planes(const Kernels& kernels, const Pass& pass,
                     const Panels& panels, int64_t tiles, const float* seen,
                     float* sums) {
  for (const Block& block : panels.blocks) {
    for (int64_t plane = 0; plane < kPlanes; ++plane) {
      const Run run = {0, plane * pass.c, pass.c};
      RowTask task;
      task.input = seen + plane * tiles * pass.c;
      task.input_step = pass.c;
      task.runs = &run;
      task.num_runs = 1;
      task.panel = panels.of(block);
      task.panel_step = block.vectors * kernels.lanes;
      task.vectors = block.vectors;
      task.channels = block.channels;
      task.output = sums + plane * tiles * pass.k + block.first;
      task.output_step = pass.k;
      task.length = tiles;
      kernels.row(task);
    }
  }
}

void spread_band(const Kernels& kernels, const Tiling& tiling, int64_t band,
                 const View& view, int64_t channels, float* planes) {
  WinogradRow row = {};
  row.image_row = view.steps[1];
  row.image_place = view.steps[2];
  row.plane = tiling.tiles(band) * channels;
  row.width = channels;
  row.channels = channels;
  row.tiles = tiling.across;
  const int64_t count = tiling.begin(band + 1) - tiling.begin(band);
  for (int64_t r = 0; r < count; ++r) {
    kernels.winograd_input(row, view.data + 2 * r * view.steps[1],
                           planes + r * tiling.across * channels);
  }
}

// Call `on_row` for each row of tiles in a band, with its place in an image (1, height,
// width, channels) and in the planes.
template <typename OnRow>
void each_tile_row(const Tiling& tiling, int64_t band, const int64_t size[3],
                   int64_t channels, const OnRow& on_row) {
  WinogradRow row = {};
  row.image_row = size[2] * channels;
  row.image_place = channels;
  row.plane = tiling.tiles(band) * channels;
  row.width = channels;
  row.channels = channels;
  row.tiles = tiling.across;
  row.columns = size[2];
  for (int64_t r = tiling.begin(band); r < tiling.begin(band + 1); ++r) {
    row.rows = std::min<int64_t>(size[1] - 2 * r, 2);
    on_row(row, 2 * r * row.image_row,
           (r - tiling.begin(band)) * tiling.across * channels);
  }
}

void run(Engine engine, const Pass& pass, const Panels& panels,
         const float* input, float* output) {
  const Tiling tiling(pass.to[1], pass.to[2], pass.c, pass.k);
  const int64_t input_size = pass.from[1] * pass.from[2] * pass.c;
  const int64_t output_size = pass.to[1] * pass.to[2] * pass.k;
  parallel_for(engine.pool, pass.images * tiling.bands, [&](int64_t unit) {
    thread_local Scratch padded, planes;
    const Kernels& kernels = engine.kernels;
    const int64_t image = unit / tiling.bands, band = unit % tiling.bands;
    const int64_t tiles = tiling.tiles(band);
    const View view = open_box(input + image * input_size, pass.from, pass.c,
                               seen_by_band(tiling, band, pass.low), padded);
    float* seen =
        planes.get(kPlanes * tiling.most_tiles() * (pass.c + pass.k));
    float* sums = seen + kPlanes * tiles * pass.c;
    spread_band(kernels, tiling, band, view, pass.c, seen);
    multiply_planes(kernels, pass, panels, tiles, seen, sums);
    float* target = output + image * output_size;
    each_tile_row(tiling, band, pass.to, pass.k,
                  [&](const WinogradRow& row, int64_t place, int64_t at) {
                    kernels.winograd_output(row, sums + at, target + place);
                  });
  });
}

}  // namespace

bool winograd_pays(const Geometry& geometry) {
#if defined(ASSAY_NO_WINOGRAD)
  return false;  // benchmarks/native_paths.py compares both algorithms
#endif
  for (int d = 0; d < 3; ++d) {
    if (geometry.window[d] != (d == 0 ? 1 : 3)) return false;
    if (geometry.stride[d] != 1 || geometry.dilation[d] != 1) return false;
  }
  // The images must be two-dimensional, with enough channels that products take more
  // time than transforms.
  const bool flat = geometry.space[0] == 1 && geometry.low[0] == 0 &&
                    geometry.output[0] == 1;
  return flat && geometry.groups == 1 && geometry.c >= 16 && geometry.k >= 16 &&
         geometry.output[1] >= 3 && geometry.output[2] >= 3;
}

void winograd_forward(Engine engine, const Geometry& geometry,
                      const float* input, const float* weights, float* output) {
  thread_local Scratch memory;
  Pass pass = {};
  pass.images = geometry.n;
  pass.c = geometry.c;
  pass.k = geometry.k;
  for (int d = 0; d < 3; ++d) {
    pass.from[d] = geometry.space[d];
    pass.to[d] = geometry.output[d];
    pass.low[d] = geometry.low[d];
  }
  const Panels panels =
      transform_weights(engine, weights, geometry.c, geometry.k, memory);
  run(engine, pass, panels, input, output);
}

void winograd_input_gradient(Engine engine, const Geometry& geometry,
                             const float* gradient, const float* weights,
                             float* result) {
  thread_local Scratch memory, mirrored_memory;
  const int64_t c = geometry.c, k = geometry.k;
  Pass pass = {};
  pass.images = geometry.n;
  pass.c = k;
  pass.k = c;
  for (int d = 0; d < 3; ++d) {
    pass.from[d] = geometry.output[d];
    pass.to[d] = geometry.space[d];
    pass.low[d] = geometry.window[d] - 1 - geometry.low[d];
  }
  // Mirror the kernel in space, and exchange input and output channels.
  float* mirrored = mirrored_memory.get(9 * c * k);
  parallel_for(engine.pool, 9, [&](int64_t tap) {
    const float* from = weights + (8 - tap) * c * k;
    float* to = mirrored + tap * c * k;
    for (int64_t j = 0; j < k; ++j) {
      for (int64_t i = 0; i < c; ++i) to[j * c + i] = from[i * k + j];
    }
  });
  const Panels panels = transform_weights(engine, mirrored, k, c, memory);
  run(engine, pass, panels, gradient, result);
}

namespace {

// sums[plane] += seen[plane]' spread[plane] for all blocks of columns.
void add_planes(const Kernels& kernels, const Geometry& geometry,
                const std::vector<Block>& blocks, int64_t tiles,
                const float* seen, const float* spread, int64_t width,
                float* sums) {
  for (const Block& block : blocks) {
    const int64_t block_width = block.vectors * kernels.lanes;
    for (int64_t plane = 0; plane < kPlanes; ++plane) {
      OuterTask task = {};
      task.input = seen + plane * tiles * geometry.c;
      task.input_steps[2] = geometry.c;
      task.other = spread + plane * tiles * width + block.offset;
      task.other_steps[2] = width;
      task.places[0] = task.places[1] = 1;
      task.places[2] = tiles;
      task.rows = geometry.c;
      task.vectors = block.vectors;
      task.channels = task.sum_step = block_width;
      task.sum = sums + kPlanes * geometry.c * block.offset +
                 plane * geometry.c * block_width;
      kernels.outer(task);
    }
  }
}

// Add the sums of all chunks for one input channel, and transform the result to the
// nine taps.
void finish_row(const Kernels& kernels, const Geometry& geometry,
                const std::vector<Block>& blocks, float* sums, int64_t chunks,
                int64_t chunk_floats, int64_t row, float* result) {
  for (const Block& block : blocks) {
    const int64_t width = block.vectors * kernels.lanes;
    float* first = sums + kPlanes * geometry.c * block.offset + row * width;
    for (int64_t s = 1; s < chunks; ++s) {
      for (int64_t plane = 0; plane < kPlanes; ++plane) {
        float* total = first + plane * geometry.c * width;
        const float* more = total + s * chunk_floats;
        for (int64_t j = 0; j < width; ++j) total[j] += more[j];
      }
    }
    kernels.winograd_weights_gradient(
        first, geometry.c * width, block.channels,
        result + row * geometry.k + block.first, geometry.c * geometry.k);
  }
}

}  // namespace

void winograd_kernel_gradient(Engine engine, const Geometry& geometry,
                              const float* input, const float* gradient,
                              float* result) {
  thread_local Scratch sums_memory;
  const Kernels& kernels = engine.kernels;
  const std::vector<Block> blocks = blocks_of(geometry.k, kernels);
  const int64_t width = panel_width(blocks, kernels);
  const Tiling tiling(geometry.output[1], geometry.output[2], geometry.c, width);
  const int64_t units = geometry.n * tiling.bands;
  const int64_t chunk_floats = kPlanes * geometry.c * width;
  const int64_t chunks =
      num_chunks(units, chunk_floats, engine.pool.num_threads());
  float* sums = sums_memory.get(chunks * chunk_floats);
  parallel_for(engine.pool, chunks, [&](int64_t chunk) {
    thread_local Scratch padded, planes;
    float* sum = sums + chunk * chunk_floats;
    std::memset(sum, 0, chunk_floats * sizeof(float));
    const int64_t end = (chunk + 1) * units / chunks;
    for (int64_t unit = chunk * units / chunks; unit < end; ++unit) {
      const int64_t image = unit / tiling.bands, band = unit % tiling.bands;
      const int64_t tiles = tiling.tiles(band);
      const View view = open_box(
          input + image * geometry.input_size(), geometry.space, geometry.c,
          seen_by_band(tiling, band, geometry.low), padded);
      float* seen = planes.get(kPlanes * tiling.most_tiles() *
                               (geometry.c + width));
      float* spread = seen + kPlanes * tiles * geometry.c;
      spread_band(kernels, tiling, band, view, geometry.c, seen);
      if (width > geometry.k) {
        std::memset(spread, 0, kPlanes * tiles * width * sizeof(float));
      }
      each_tile_row(
          tiling, band, geometry.output, geometry.k,
          [&](WinogradRow row, int64_t place, int64_t at) {
            row.plane = tiles * width;
            row.width = width;
            kernels.winograd_gradient(
                row, gradient + image * geometry.output_size() + place,
                spread + at / geometry.k * width);
          });
      add_planes(kernels, geometry, blocks, tiles, seen, spread, width, sum);
    }
  });
  parallel_for(engine.pool, geometry.c, [&](int64_t row) {
    finish_row(kernels, geometry, blocks, sums, chunks, chunk_floats, row, result);
  });
}

}  // namespace assay
