#include "layout.h"

#include <algorithm>
#include <cstring>

namespace assay {

namespace {

// Half the size of a small second-level cache, because the weights also need space.
constexpr int64_t kBandBytes = 256 * 1024;

}  // namespace

Bands cut(const int64_t sizes[3], int64_t images, int64_t bytes,
          int64_t threads) {
  const int axis = sizes[0] > 1 ? 0 : 1;
  const int64_t for_cache = (bytes + kBandBytes - 1) / kBandBytes;
  const int64_t for_threads = images >= 4 * threads ? 1 : (4 * threads) / images;
  const int64_t count =
      std::clamp<int64_t>(std::max(for_cache, for_threads), 1, sizes[axis]);
  return {axis, count, sizes[axis]};
}

int64_t num_chunks(int64_t units, int64_t floats, int64_t threads) {
  const int64_t wanted = threads <= 1 ? 1 : 2 * threads;
  const int64_t affordable = (int64_t{32} << 20) / floats;
  return std::clamp<int64_t>(std::min(wanted, affordable), 1, units);
}

std::vector<Block> blocks_of(int64_t channels, const Kernels& kernels) {
  std::vector<Block> blocks;
  int64_t vectors = (channels + kernels.lanes - 1) / kernels.lanes;
  for (int64_t first = 0, offset = 0; vectors > 0;) {
    // Blocks have nearly equal sizes: 5 registers are split into 3 + 2, not 4 + 1.
    const int64_t parts =
        (vectors + kernels.max_vectors - 1) / kernels.max_vectors;
    const int64_t here = (vectors + parts - 1) / parts;
    const int64_t width = here * kernels.lanes;
    blocks.push_back({first, std::min(width, channels - first),
                      static_cast<int>(here), offset});
    first += width;
    offset += width;
    vectors -= here;
  }
  return blocks;
}

int64_t panel_width(const std::vector<Block>& blocks, const Kernels& kernels) {
  const Block& last = blocks.back();
  return last.offset + last.vectors * kernels.lanes;
}

namespace {

// Copy one row of a box, with zeros outside [0, size).
void copy_row(const float* row, int64_t size, int64_t start, int64_t count,
              int64_t channels, float* target) {
  const int64_t before = std::clamp<int64_t>(-start, 0, count);
  const int64_t inside =
      std::clamp<int64_t>(std::min(start + count, size) - (start + before), 0,
                          count - before);
  std::memset(target, 0, before * channels * sizeof(float));
  std::memcpy(target + before * channels, row + (start + before) * channels,
              inside * channels * sizeof(float));
  std::memset(target + (before + inside) * channels, 0,
              (count - before - inside) * channels * sizeof(float));
}

bool within(const Box& box, const int64_t space[3]) {
  for (int d = 0; d < 3; ++d) {
    if (box.start[d] < 0 || box.start[d] + box.size[d] > space[d]) return false;
  }
  return true;
}

}  // namespace

View open_box(const float* image, const int64_t space[3], int64_t channels,
              const Box& box, Scratch& scratch) {
  if (within(box, space)) {
    const int64_t row = space[2] * channels, plane = space[1] * row;
    const float* first = image + box.start[0] * plane + box.start[1] * row +
                         box.start[2] * channels;
    return {first, {plane, row, channels}};
  }
  const int64_t row = box.size[2] * channels, plane = box.size[1] * row;
  float* copy = scratch.get(box.size[0] * plane);
  for (int64_t a = 0; a < box.size[0]; ++a) {
    for (int64_t b = 0; b < box.size[1]; ++b) {
      const int64_t i = a + box.start[0], j = b + box.start[1];
      float* target = copy + a * plane + b * row;
      if (i < 0 || i >= space[0] || j < 0 || j >= space[1]) {
        std::memset(target, 0, row * sizeof(float));
      } else {
        copy_row(image + (i * space[1] + j) * space[2] * channels, space[2],
                 box.start[2], box.size[2], channels, target);
      }
    }
  }
  return {copy, {plane, row, channels}};
}

Box seen_by(const Geometry& geometry, int axis, int64_t begin, int64_t end) {
  Box box;
  for (int d = 0; d < 3; ++d) {
    const int64_t first = d == axis ? begin : 0;
    const int64_t count = d == axis ? end - begin : geometry.output[d];
    box.start[d] = first * geometry.stride[d] - geometry.low[d];
    box.size[d] = (count - 1) * geometry.stride[d] + geometry.reach(d);
  }
  return box;
}

std::vector<Run> window_runs(const Geometry& geometry, const View& view,
                             int64_t group) {
  std::vector<Run> runs;
  const int64_t* window = geometry.window;
  int64_t row = 0;
  for (int64_t a = 0; a < window[0]; ++a) {
    for (int64_t b = 0; b < window[1]; ++b) {
      for (int64_t e = 0; e < window[2]; ++e, row += geometry.c) {
        const int64_t at = a * geometry.dilation[0] * view.steps[0] +
                           b * geometry.dilation[1] * view.steps[1] +
                           e * geometry.dilation[2] * view.steps[2] +
                           group * geometry.c;
        if (!runs.empty() && runs.back().input + runs.back().length == at) {
          runs.back().length += geometry.c;
        } else {
          runs.push_back({at, row, geometry.c});
        }
      }
    }
  }
  return runs;
}

}  // namespace assay
