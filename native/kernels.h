// The inner loops, in one table per instruction set.
//
// Code that uses this file is plain C++ for any processor. Each table is defined in its
// own translation unit, which is compiled for one instruction set and shares no inline
// code with other units.
#pragma once

#include <cstdint>

#include "interface.h"

namespace assay {

// `length` consecutive input channels, starting at `input`, and the same number of rows
// of the packed weights, starting at `row`, with which they are multiplied.
struct Run {
  int64_t input;
  int64_t row;
  int64_t length;
};

// One row of outputs. Each output is a sum over the same runs:
//   output[p * output_step + j] = sum over runs, i of
//     input[p * input_step + run.input + i] * panel[run.row + i][j]
// for p < length and j < channels. Rows of the panel are panel_step floats apart. The
// loop reads vectors * lanes floats of each row.
struct RowTask {
  const float* input;
  int64_t input_step;
  const Run* runs;
  int64_t num_runs;
  const float* panel;
  int64_t panel_step;
  int vectors;
  int64_t channels;
  float* output;
  int64_t output_step;
  int64_t length;
};

// The sum of outer products over a box of places (outer, middle, inner):
//   sum[i * sum_step + j] += input[place . input_steps + i]
//                            * other[place . other_steps + j]
// for i < rows and j < channels. The loop reads vectors * lanes columns of `other`.
struct OuterTask {
  const float* input;
  int64_t input_steps[3];
  const float* other;
  int64_t other_steps[3];
  int64_t places[3];
  int64_t rows;
  int vectors;
  int64_t channels;
  float* sum;
  int64_t sum_step;
  bool fresh;  // overwrite the sum instead of adding to it
};

// Like RowTask, but separately for each channel:
//   output[p * output_step + j] = sum over runs of
//     input[p * input_step + run.input + j] * weights[run.row * channels + j]
struct DepthwiseTask {
  const float* input;
  int64_t input_step;
  const Run* runs;
  int64_t num_runs;
  const float* weights;
  int64_t channels;
  float* output;
  int64_t output_step;
  int64_t length;
};

// Like OuterTask, but separately for each channel:
//   sum[run.row * channels + j] += input[place . input_steps + run.input + j]
//                                  * other[place . other_steps + j]
struct DepthwiseOuterTask {
  const float* input;
  int64_t input_steps[3];
  const float* other;
  int64_t other_steps[3];
  int64_t places[3];
  const Run* runs;
  int64_t num_runs;
  int64_t channels;
  float* sum;
};

// The nonlinear part of a cell for one row of `size` units. `projected` is the
// contribution of the input to the gates, and `recurrent` is that of the state. `gates`
// receives the gates after their activations, for the backward pass.
struct LstmCell {
  const float* projected;  // 4 * size: i, f, g, o
  const float* recurrent;  // 4 * size
  const float* before;     // the cell at the previous step
  float* gates;            // 4 * size
  float* cell;
  float* state;
  int64_t size;
};

// The backward pass of one row. `cell_gradient` contains the gradient from later steps
// with respect to the cell of this step, and receives the gradient with respect to the
// cell of the previous step.
struct LstmCellGradient {
  const float* gates;
  const float* before;
  const float* cell;
  const float* state_gradient;
  float* cell_gradient;
  float* gates_gradient;  // 4 * size
  int64_t size;
};

struct GruCell {
  const float* projected;  // 3 * size: r, z, n
  const float* recurrent;  // 3 * size
  const float* before;
  float* gates;            // 3 * size
  float* inner;            // size: the contribution of the state to n
  float* state;
  int64_t size;
};

struct GruCellGradient {
  const float* gates;
  const float* inner;
  const float* before;
  const float* state_gradient;
  float* projected_gradient;  // 3 * size
  float* recurrent_gradient;  // 3 * size
  float* direct;              // size: gradient that bypasses the gates
  int64_t size;
};

// Dropout in training. A value is divided by `kept` if a hash of its position and the
// words is below `kept`; otherwise, it is set to 0.
struct Dropout {
  const uint32_t* words;  // two
  uint32_t first;         // position of a layer's first value
  float kept;
};

// values[i * step + j] = activation(values[i * step + j] + bias[j])
struct ActivationTask {
  Activation activation;
  float* values;
  int64_t step;
  const float* bias;
  int64_t rows;
  int64_t channels;
  const Dropout* dropout;  // or null
  uint32_t position;       // of the first value
};

// The backward pass, based on the results of the activation:
//   result[i][j] = gradient[i][j] * derivative
//   bias_gradient[j] = sum over i of result[i][j]
// Each row of the result is padded with zeros to whole registers.
struct ActivationGradientTask {
  Activation activation;
  const float* gradient;
  int64_t gradient_step;
  const float* values;
  int64_t values_step;
  float* result;
  int64_t result_step;
  float* bias_gradient;
  int64_t rows;
  int64_t channels;
  const Dropout* dropout;  // or null
};

// A (rows, columns) part of a matrix to copy or transpose. Each row of the result is
// padded with zeros to whole registers.
struct CopyTask {
  const float* matrix;
  int64_t step;
  int64_t rows;
  int64_t columns;
  float* result;
  int64_t result_step;
};

// One row of tiles for Winograd's algorithm: 2x2 places of an image, or the 4x4 places
// on which they depend, and 16 planes of (tiles, width) numbers.
struct WinogradRow {
  int64_t image_row;    // floats from one row of the image to the next
  int64_t image_place;
  int64_t plane;
  int64_t width;
  int64_t channels;
  int64_t tiles;
  int64_t rows;         // rows of the 2x2 tiles inside the image, 1 or 2
  int64_t columns;      // columns inside the image, of all tiles together
};

// Sums of cosines of one column of numbers, for u < units <= kMostPeriodicUnits:
//   functions[i][u] = sum over k of
//     cos(2 pi (frequency[k] * numbers[i] + phase[k])) * mixture[k][u]
// Rows of numbers are `step` floats apart, and rows of functions are step * units
// floats apart.
struct PeriodicTask {
  const float* numbers;
  int64_t step;
  int64_t rows;
  const float* frequency;
  const float* phase;
  const float* mixture;  // (frequencies, units)
  int64_t frequencies;
  int64_t units;
  float* functions;      // unused in the backward pass
};

// The gradient with respect to the functions, and the results of the backward pass,
// with the same layouts as in PeriodicTask.
struct PeriodicGradients {
  const float* functions;
  float* numbers;
  float* frequency;
  float* phase;
  float* mixture;
  float* scratch;  // (units + 2) columns, padded to whole registers
};

constexpr int64_t kMostPeriodicUnits = 4;  // keeps the sums in registers

struct Kernels {
  const char* name;
  int lanes;
  int max_vectors;
  void (*row)(const RowTask&);
  void (*outer)(const OuterTask&);
  void (*depthwise)(const DepthwiseTask&);
  void (*depthwise_outer)(const DepthwiseOuterTask&);
  void (*winograd_input)(const WinogradRow&, const float* image, float* planes);
  void (*winograd_output)(const WinogradRow&, const float* planes, float* image);
  void (*winograd_gradient)(const WinogradRow&, const float* image, float* planes);
  // Maps nine taps of `count` columns to 16 planes, padded to whole registers.
  void (*winograd_weights)(const float* taps, int64_t tap, int64_t count,
                           float* planes, int64_t plane);
  void (*winograd_weights_gradient)(const float* planes, int64_t plane,
                                    int64_t count, float* taps, int64_t tap);
  void (*lstm)(const LstmCell&);
  void (*lstm_gradient)(const LstmCellGradient&);
  void (*gru)(const GruCell&);
  void (*gru_gradient)(const GruCellGradient&);
  void (*activate)(const ActivationTask&);
  void (*activate_gradient)(const ActivationGradientTask&);
  void (*copy)(const CopyTask&);
  void (*transpose)(const CopyTask&);
  void (*periodic)(const PeriodicTask&);
  void (*periodic_gradient)(const PeriodicTask&, const PeriodicGradients&);
};

extern const Kernels kAvx512;
extern const Kernels kAvx2;
extern const Kernels kBaseline;

// The table for this processor, or null if no kernels support it.
const Kernels* kernels();

}  // namespace assay
