// Code shared by LSTM and GRU: packed weights, matrix products with them, and the
// division of rows among threads.
#pragma once

#include <algorithm>
#include <cstring>

#include "layout.h"
#include "recurrent.h"

namespace assay {

// A matrix that is packed once and multiplied by some rows at every step.
struct Packed {
  std::vector<Block> blocks;
  const float* panels;
  int64_t rows;
  const Kernels* kernels;

  // output (count, width) = input (count, rows) times the matrix.
  void multiply(const float* input, int64_t input_step, int64_t count,
                float* output, int64_t output_step) const {
    const Run run = {0, 0, rows};
    for (const Block& block : blocks) {
      RowTask task;
      task.input = input;
      task.input_step = input_step;
      task.runs = &run;
      task.num_runs = 1;
      task.panel = panels + rows * block.offset;
      task.panel_step = block.vectors * kernels->lanes;
      task.vectors = block.vectors;
      task.channels = block.channels;
      task.output = output + block.first;
      task.output_step = output_step;
      task.length = count;
      kernels->row(task);
    }
  }
};

// Pack a (rows, columns) matrix in row-major order, or its transpose.
inline Packed pack_matrix(const Kernels& kernels, const float* matrix,
                          int64_t rows, int64_t columns, bool transposed,
                          Scratch& scratch) {
  Packed packed;
  packed.kernels = &kernels;
  packed.rows = transposed ? columns : rows;
  packed.blocks = blocks_of(transposed ? rows : columns, kernels);
  float* panels =
      scratch.get(packed.rows * panel_width(packed.blocks, kernels));
  if (transposed) {
    pack(packed.blocks, kernels, packed.rows,
         [=](int64_t r, int64_t j) { return matrix[j * columns + r]; }, panels);
  } else {
    pack(packed.blocks, kernels, packed.rows,
         [=](int64_t r, int64_t j) { return matrix[r * columns + j]; }, panels);
  }
  packed.panels = panels;
  return packed;
}

// Divide the rows among the threads, which process all steps of their rows.
template <typename Walk>
void share_rows(Engine engine, int64_t n, const Walk& walk) {
  const int64_t threads = std::max<int64_t>(engine.pool.num_threads(), 1);
  // Two shares per thread, each with enough rows to fill a tile.
  const int64_t shares = std::clamp<int64_t>(n / 6, 1, 2 * threads);
  parallel_for(engine.pool, shares, [&](int64_t share) {
    walk(share * n / shares, (share + 1) * n / shares);
  });
}

// Call on_rows(first, count) for each group of neighboring rows whose step is real.
template <typename OnRows>
void each_real_stretch(const Sequence& sequence, int64_t step, int64_t begin,
                       int64_t end, const OnRows& on_rows) {
  for (int64_t row = begin; row < end;) {
    if (!sequence.real(row, step)) {
      ++row;
      continue;
    }
    const int64_t first = row;
    while (row < end && sequence.real(row, step)) ++row;
    on_rows(first, row - first);
  }
}

inline void copy(float* target, const float* source, int64_t count) {
  std::memcpy(target, source, count * sizeof(float));
}

inline void clear(float* target, int64_t count) {
  std::memset(target, 0, count * sizeof(float));
}

}  // namespace assay
