// Memory layouts for the loops: bands of images, padded copies and packed weights.
#pragma once

#include <vector>

#include "geometry.h"
#include "kernels.h"
#include "parallel.h"

namespace assay {

// A division of images into bands of rows, which fit into the second-level cache and
// provide enough work for all threads.
struct Bands {
  int axis;       // the dimension that is divided
  int64_t count;  // bands per image
  int64_t size;   // rows of the image in that dimension

  int64_t begin(int64_t band) const { return band * size / count; }
};

Bands cut(const int64_t sizes[3], int64_t images, int64_t bytes, int64_t threads);

// The number of partial sums, of `floats` numbers each, for `units` units of work: two
// per thread, so that a slow thread hardly delays the others, or fewer if that many
// would exceed 128 MiB in total.
int64_t num_chunks(int64_t units, int64_t floats, int64_t threads);

// A block of columns of a matrix, up to `max_vectors` registers wide.
struct Block {
  int64_t first;     // first column
  int64_t channels;  // number of columns, at most vectors * lanes
  int vectors;
  int64_t offset;    // offset of the panel per row of the matrix, in floats
};

std::vector<Block> blocks_of(int64_t channels, const Kernels& kernels);

// The number of floats in one row of all panels.
int64_t panel_width(const std::vector<Block>& blocks, const Kernels& kernels);

// Pack the matrix element(row, column) into panels, padded with zeros. The panel of
// block b starts at rows * b.offset, and its row r starts r * vectors * lanes floats
// later.
template <typename Element>
void pack(const std::vector<Block>& blocks, const Kernels& kernels, int64_t rows,
          const Element& element, float* panels) {
  for (const Block& block : blocks) {
    const int64_t width = block.vectors * kernels.lanes;
    float* panel = panels + rows * block.offset;
    for (int64_t r = 0; r < rows; ++r, panel += width) {
      for (int64_t j = 0; j < block.channels; ++j) {
        panel[j] = element(r, block.first + j);
      }
      for (int64_t j = block.channels; j < width; ++j) panel[j] = 0;
    }
  }
}

// Return a view of a box in an image. The box is copied only if it extends beyond the
// image.
View open_box(const float* image, const int64_t space[3], int64_t channels,
              const Box& box, Scratch& scratch);

// The part of the input on which the outputs [begin, end) along one axis depend.
Box seen_by(const Geometry& geometry, int axis, int64_t begin, int64_t end);

// The inputs under one window, for one group, as runs. Taps that are adjacent in memory
// are merged into one run.
std::vector<Run> window_runs(const Geometry& geometry, const View& view,
                             int64_t group);

}  // namespace assay
