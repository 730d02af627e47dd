// The inner loops, written once with the compiler's vector types.
//
// One translation unit per instruction set includes this file and defines LANES (the
// number of floats in a register) and REGISTERS. Everything here must have internal
// linkage, because the linker must never merge code for different processors.
//
// Loads and stores of whole registers may extend beyond the channels of a row into
// padding, which callers must provide. In debug builds, assertions check the padding.

#include <cassert>
#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "kernels.h"

namespace assay {
namespace {

typedef float Vector __attribute__((vector_size(LANES * sizeof(float))));
typedef float Unaligned
    __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));

inline Vector load(const float* p) { return *(const Unaligned*)p; }
inline void store(float* p, Vector v) { *(Unaligned*)p = v; }

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// `count`, rounded up to whole registers.
constexpr int64_t padded(int64_t count) {
  return (count + LANES - 1) / LANES * LANES;
}

// The number of registers for the sums of a tile. The other registers are needed for
// weights and a broadcast value.
constexpr int kAccumulators = REGISTERS == 32 ? 24 : 12;
constexpr int kMaxVectors = REGISTERS == 32 ? 4 : 2;

// The number of rows in a tile with V vectors. More than 12 rows would need more
// address registers than the processor has.
constexpr int tile_rows(int vectors) {
  return least(12, kAccumulators / vectors);
}

// Load or store the first `count` numbers of a register. When loading, the others are
// set to 0. A copy whose size is known only at run time would be a function call, which
// is many times slower than a masked instruction.
#if defined(__AVX512F__)

inline Vector load_some(const float* p, int64_t count) {
  return (Vector)_mm512_maskz_loadu_ps((1u << count) - 1, p);
}

inline void store_some(float* p, Vector v, int64_t count) {
  _mm512_mask_storeu_ps(p, (1u << count) - 1, (__m512)v);
}

#elif defined(__AVX2__)

inline __m256i first(int64_t count) {
  const __m256i numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), numbers);
}

inline Vector load_some(const float* p, int64_t count) {
  return (Vector)_mm256_maskload_ps(p, first(count));
}

inline void store_some(float* p, Vector v, int64_t count) {
  _mm256_maskstore_ps(p, first(count), (__m256)v);
}

#else

inline Vector load_some(const float* p, int64_t count) {
  Vector v = {};
  memcpy(&v, p, count * sizeof(float));
  return v;
}

inline void store_some(float* p, Vector v, int64_t count) {
  memcpy(p, &v, count * sizeof(float));
}

#endif

inline Vector load_part(const float* p, int64_t count) {
  return count >= LANES ? load(p) : load_some(p, count);
}

inline void store_part(float* p, Vector v, int64_t count) {
  if (count >= LANES) {
    store(p, v);
  } else {
    store_some(p, v, count);
  }
}

// R neighboring outputs of V vectors, which stay in registers over all runs.
template <int R, int V>
void row_tile(const RowTask& task, const float* input, float* output) {
  Vector sum[R][V] = {};
  const int64_t step = task.input_step;
  for (int64_t q = 0; q < task.num_runs; ++q) {
    const Run run = task.runs[q];
    const float* x = input + run.input;
    const float* weights = task.panel + run.row * task.panel_step;
    for (int64_t i = 0; i < run.length; ++i, weights += task.panel_step) {
      Vector w[V];
#pragma GCC unroll 16
      for (int v = 0; v < V; ++v) w[v] = load(weights + v * LANES);
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r) {
        const float value = x[r * step + i];
#pragma GCC unroll 16
        for (int v = 0; v < V; ++v) sum[r][v] += w[v] * value;
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < V; ++v) {
      store_part(output + r * task.output_step + v * LANES, sum[r][v],
                 task.channels - v * LANES);
    }
  }
}

// Call row_tile<R, V> for a number of rows that is known only at run time.
template <int R, int V>
void row_tile_of(int64_t rows, const RowTask& task, const float* input,
                 float* output) {
  if (rows == R) return row_tile<R, V>(task, input, output);
  if constexpr (R > 1) row_tile_of<R - 1, V>(rows, task, input, output);
}

// The size of the next tile if the remaining rows are divided into nearly equal tiles
// of at most `most` rows.
inline int64_t tile_size(int64_t left, int64_t most) {
  const int64_t tiles = (left + most - 1) / most;
  return (left + tiles - 1) / tiles;
}

template <int V>
void row_of(const RowTask& task) {
  for (int64_t p = 0; p < task.length;) {
    const int64_t rows = tile_size(task.length - p, tile_rows(V));
    row_tile_of<tile_rows(V), V>(rows, task, task.input + p * task.input_step,
                                 task.output + p * task.output_step);
    p += rows;
  }
}

// Check that the channels fit into `vectors` registers, and the registers into a row.
inline void check_width(int vectors, int64_t channels, int64_t step) {
  assert(vectors >= 1 && vectors <= kMaxVectors);
  assert(channels > (vectors - 1) * LANES && channels <= vectors * LANES);
  assert(step >= vectors * LANES);
}

void row(const RowTask& task) {
  check_width(task.vectors, task.channels, task.panel_step);
  switch (task.vectors) {
    case 1: return row_of<1>(task);
    case 2: return row_of<2>(task);
#if REGISTERS == 32
    case 3: return row_of<3>(task);
    case 4: return row_of<4>(task);
#endif
  }
}

// R rows of the sum, which stay in registers over all places.
template <int R, int V>
void outer_tile(const OuterTask& task, const float* input, float* result) {
  Vector sum[R][V];
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < V; ++v) {
      sum[r][v] = task.fresh ? Vector{}
                             : load_part(result + r * task.sum_step + v * LANES,
                                         task.channels - v * LANES);
    }
  }
  const int64_t input_step = task.input_steps[2];
  const int64_t other_step = task.other_steps[2];
  for (int64_t a = 0; a < task.places[0]; ++a) {
    for (int64_t b = 0; b < task.places[1]; ++b) {
      const float* x = input + a * task.input_steps[0] + b * task.input_steps[1];
      const float* g =
          task.other + a * task.other_steps[0] + b * task.other_steps[1];
      for (int64_t p = 0; p < task.places[2]; ++p) {
        Vector w[V];
#pragma GCC unroll 16
        for (int v = 0; v < V; ++v) w[v] = load(g + v * LANES);
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) {
          const float value = x[r];
#pragma GCC unroll 16
          for (int v = 0; v < V; ++v) sum[r][v] += w[v] * value;
        }
        x += input_step;
        g += other_step;
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < V; ++v) {
      store_part(result + r * task.sum_step + v * LANES, sum[r][v],
                 task.channels - v * LANES);
    }
  }
}

template <int R, int V>
void outer_tile_of(int64_t rows, const OuterTask& task, const float* input,
                   float* result) {
  if (rows == R) return outer_tile<R, V>(task, input, result);
  if constexpr (R > 1) outer_tile_of<R - 1, V>(rows, task, input, result);
}

template <int V>
void outer_of(const OuterTask& task) {
  for (int64_t r = 0; r < task.rows;) {
    const int64_t rows = tile_size(task.rows - r, tile_rows(V));
    outer_tile_of<tile_rows(V), V>(rows, task, task.input + r,
                                   task.sum + r * task.sum_step);
    r += rows;
  }
}

void outer(const OuterTask& task) {
  check_width(task.vectors, task.channels, task.other_steps[2]);
  switch (task.vectors) {
    case 1: return outer_of<1>(task);
    case 2: return outer_of<2>(task);
#if REGISTERS == 32
    case 3: return outer_of<3>(task);
    case 4: return outer_of<4>(task);
#endif
  }
}

#include "kernels_depthwise.h"
#include "kernels_recurrent.h"
#include "kernels_activations.h"
#include "kernels_periodic.h"
#include "kernels_winograd.h"

}  // namespace
}  // namespace assay

#define ASSAY_KERNELS(NAME)                                                  \
  {                                                                          \
    NAME, LANES, assay::kMaxVectors, assay::row, assay::outer,               \
        assay::depthwise, assay::depthwise_outer, assay::winograd_input,     \
        assay::winograd_output, assay::winograd_gradient,                    \
        assay::winograd_weights, assay::winograd_weights_gradient,           \
        assay::lstm, assay::lstm_gradient, assay::gru, assay::gru_gradient,  \
        assay::activate, assay::activate_gradient, assay::copy_rows,         \
        assay::transpose, assay::periodic, assay::periodic_gradient          \
  }
