// LSTM and GRU over a whole sequence, forward and backward. The rows of a batch are
// independent, so each thread processes all steps of some rows without waiting.
//
// Arrays are (n, steps, ...), like XLA's buffers. The caller computes the products that
// do not depend on the state, such as input projections and weight gradients.
#pragma once

#include "convolution.h"

namespace assay {

struct Sequence {
  int64_t n;
  int64_t steps;
  int64_t size;            // units
  const int32_t* lengths;  // real steps in each row, 0 to steps
  bool reverse;

  bool real(int64_t row, int64_t step) const { return step < lengths[row]; }
  // The step at position i in the order of processing.
  int64_t at(int64_t i) const { return reverse ? steps - 1 - i : i; }
  // Whether a real step is the first one processed in its row.
  bool first(int64_t row, int64_t step) const {
    return reverse ? step + 1 == lengths[row] : step == 0;
  }
  // The step that is processed before a given step.
  int64_t before(int64_t step) const { return reverse ? step + 1 : step - 1; }
};

struct LstmForward {
  const float* projected;  // (n, steps, 4 size)
  const float* kernel;     // (size, 4 size)
  const float* state;      // (n, size), before the first step
  const float* cell;
  float* states;           // (n, steps, size), zero at padded steps
  float* cells;            // (n, steps, size), zero at padded steps
  float* gates;            // (n, steps, 4 size)
  float* last_state;       // (n, size)
  float* last_cell;
};

struct LstmBackward {
  const float* gates;
  const float* cells;
  const float* cell;             // before the first step
  const float* kernel;
  const float* states_gradient;  // (n, steps, size)
  const float* last_state_gradient;
  const float* last_cell_gradient;
  float* projected_gradient;     // (n, steps, 4 size), zero at padded steps
  float* state_gradient;         // (n, size), of the initial state
  float* cell_gradient;
};

struct GruForward {
  const float* projected;       // (n, steps, 3 size)
  const float* kernel;          // (size, 3 size)
  const float* recurrent_bias;  // (size,)
  const float* state;
  float* states;
  float* gates;                 // (n, steps, 3 size)
  float* inner;                 // (n, steps, size)
  float* last_state;
};

struct GruBackward {
  const float* gates;
  const float* inner;
  const float* states;
  const float* state;
  const float* kernel;
  const float* states_gradient;
  const float* last_state_gradient;
  float* projected_gradient;  // (n, steps, 3 size), zero at padded steps
  float* recurrent_gradient;  // (n, steps, 3 size), zero at padded steps
  float* state_gradient;
};

void lstm_forward(Engine engine, const Sequence& sequence, const LstmForward& task);
void lstm_backward(Engine engine, const Sequence& sequence,
                   const LstmBackward& task);
void gru_forward(Engine engine, const Sequence& sequence, const GruForward& task);
void gru_backward(Engine engine, const Sequence& sequence, const GruBackward& task);

}  // namespace assay
