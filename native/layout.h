// What the loops run over: bands of images, padded copies, packed weights.
#pragma once

#include <vector>

#include "geometry.h"
#include "kernels.h"
#include "parallel.h"

namespace assay {

// Images cut into bands of rows, so that one unit of work fits into the second-level
// cache and all threads have units to work on.
struct Bands {
  int axis;       // the dimension that is cut
  int64_t count;  // bands of one image
  int64_t size;   // its rows in that dimension

  int64_t begin(int64_t band) const { return band * size / count; }
};

Bands cut(const int64_t sizes[3], int64_t images, int64_t bytes, int64_t threads);

// How many sums of `floats` numbers to keep side by side when adding up `units`: two
// for each thread, so that a slow thread delays the others little, within 128 MiB.
int64_t num_chunks(int64_t units, int64_t floats, int64_t threads);

// Columns of a matrix in blocks of up to `max_vectors` registers.
struct Block {
  int64_t first;     // column
  int64_t channels;  // columns of it, at most vectors * lanes
  int vectors;
  int64_t offset;    // of its panel, in floats, for one row of the matrix
};

std::vector<Block> blocks_of(int64_t channels, const Kernels& kernels);

// Floats of one row of all panels.
int64_t panel_width(const std::vector<Block>& blocks, const Kernels& kernels);

// Pack the matrix element(row, column) into panels, with zeros beyond the columns. The
// panel of block b starts at rows * b.offset, its row r at r * vectors * lanes.
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

// Make a box of an image readable; copies it only where it reaches beyond the image.
View open_box(const float* image, const int64_t space[3], int64_t channels,
              const Box& box, Scratch& scratch);

// The part of the input that outputs [begin, end) along one axis, and all along the
// others, depend on.
Box seen_by(const Geometry& geometry, int axis, int64_t begin, int64_t end);

// The taps of one window of `group`; neighbors in memory are merged into one run.
std::vector<Run> window_runs(const Geometry& geometry, const View& view,
                             int64_t group);

}  // namespace assay
