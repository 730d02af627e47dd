// The functions that XLA calls for recurrent layers (see handler.h). For the shapes of
// the arrays, see recurrent.h.

#include "handler.h"
#include "recurrent.h"

namespace assay {
namespace {

// Derive the sequence from the array of gates (n, steps, num_gates * size) and the
// lengths.
Sequence decode(const Name& name, const Floats& gates, int64_t num_gates,
                const Integers& lengths, bool reverse) {
  check_rank(name, gates, 3, 3);
  const Shape shape = gates.dimensions();
  const int64_t n = shape[0], steps = shape[1], size = shape[2] / num_gates;
  check_shape(name, gates, {n, steps, num_gates * size});
  check_shape("lengths", lengths, {n});
  for (int64_t row = 0; row < n; ++row) {
    const int64_t length = lengths.typed_data()[row];
    // With a longer length, a reversed walk would read beyond the row.
    if (length < 0 || length > steps) {
      refuse("0 <= lengths <= " + std::to_string(steps),
             "lengths[" + std::to_string(row) + "]=" + std::to_string(length));
    }
  }
  return {n, steps, size, lengths.typed_data(), reverse};
}

void check_steps(const Sequence& s, const Name& name, const Floats& array,
                 int64_t gates = 1) {
  check_shape(name, array, {s.n, s.steps, gates * s.size});
}

void check_state(const Sequence& s, const Name& name, const Floats& array) {
  check_shape(name, array, {s.n, s.size});
}

void check_kernel(const Sequence& s, const Floats& kernel, int64_t gates) {
  check_shape("recurrent_kernel", kernel, {s.size, gates * s.size});
}

void run_lstm_forward(ffi::ThreadPool pool, Floats projected, Floats kernel,
                      Floats state, Floats cell, Integers lengths, Result states,
                      Result cells, Result gates, Result last_state,
                      Result last_cell, bool reverse) {
  const Sequence s = decode("projected", projected, 4, lengths, reverse);
  check_kernel(s, kernel, 4);
  check_state(s, "initial state", state);
  check_state(s, "initial cell", cell);
  check_steps(s, "states", *states);
  check_steps(s, "cells", *cells);
  check_steps(s, "gates", *gates, 4);
  check_state(s, "last state", *last_state);
  check_state(s, "last cell", *last_cell);
  lstm_forward({loaded_kernels(), pool}, s,
               {projected.typed_data(), kernel.typed_data(), state.typed_data(),
                cell.typed_data(), states->typed_data(), cells->typed_data(),
                gates->typed_data(), last_state->typed_data(),
                last_cell->typed_data()});
}

void run_lstm_backward(ffi::ThreadPool pool, Floats gates, Floats cells, Floats cell,
                       Floats kernel, Floats states_gradient,
                       Floats last_state_gradient, Floats last_cell_gradient,
                       Integers lengths, Result projected_gradient,
                       Result state_gradient, Result cell_gradient, bool reverse) {
  const Sequence s = decode("gates", gates, 4, lengths, reverse);
  check_steps(s, "cells", cells);
  check_state(s, "initial cell", cell);
  check_kernel(s, kernel, 4);
  check_steps(s, "gradient of the states", states_gradient);
  check_state(s, "gradient of the last state", last_state_gradient);
  check_state(s, "gradient of the last cell", last_cell_gradient);
  check_steps(s, "gradient of projected", *projected_gradient, 4);
  check_state(s, "gradient of the initial state", *state_gradient);
  check_state(s, "gradient of the initial cell", *cell_gradient);
  lstm_backward({loaded_kernels(), pool}, s,
                {gates.typed_data(), cells.typed_data(), cell.typed_data(),
                 kernel.typed_data(), states_gradient.typed_data(),
                 last_state_gradient.typed_data(), last_cell_gradient.typed_data(),
                 projected_gradient->typed_data(), state_gradient->typed_data(),
                 cell_gradient->typed_data()});
}

void run_gru_forward(ffi::ThreadPool pool, Floats projected, Floats kernel,
                     Floats recurrent_bias, Floats state, Integers lengths,
                     Result states, Result gates, Result inner, Result last_state,
                     bool reverse) {
  const Sequence s = decode("projected", projected, 3, lengths, reverse);
  check_kernel(s, kernel, 3);
  check_shape("recurrent_bias", recurrent_bias, {s.size});
  check_state(s, "initial state", state);
  check_steps(s, "states", *states);
  check_steps(s, "gates", *gates, 3);
  check_steps(s, "inner", *inner);
  check_state(s, "last state", *last_state);
  gru_forward({loaded_kernels(), pool}, s,
              {projected.typed_data(), kernel.typed_data(),
               recurrent_bias.typed_data(), state.typed_data(),
               states->typed_data(), gates->typed_data(), inner->typed_data(),
               last_state->typed_data()});
}

void run_gru_backward(ffi::ThreadPool pool, Floats gates, Floats inner,
                      Floats states, Floats state, Floats kernel,
                      Floats states_gradient, Floats last_state_gradient,
                      Integers lengths, Result projected_gradient,
                      Result recurrent_gradient, Result state_gradient,
                      bool reverse) {
  const Sequence s = decode("gates", gates, 3, lengths, reverse);
  check_steps(s, "inner", inner);
  check_steps(s, "states", states);
  check_state(s, "initial state", state);
  check_kernel(s, kernel, 3);
  check_steps(s, "gradient of the states", states_gradient);
  check_state(s, "gradient of the last state", last_state_gradient);
  check_steps(s, "gradient of projected", *projected_gradient, 3);
  check_steps(s, "gradient of the recurrent product", *recurrent_gradient, 3);
  check_state(s, "gradient of the initial state", *state_gradient);
  gru_backward({loaded_kernels(), pool}, s,
               {gates.typed_data(), inner.typed_data(), states.typed_data(),
                state.typed_data(), kernel.typed_data(),
                states_gradient.typed_data(), last_state_gradient.typed_data(),
                projected_gradient->typed_data(), recurrent_gradient->typed_data(),
                state_gradient->typed_data()});
}

}  // namespace
}  // namespace assay

#pragma GCC visibility push(default)

#define ASSAY_BIND assay::ffi::Ffi::Bind().Ctx<assay::ffi::ThreadPool>()
#define ASSAY_FLOATS Arg<assay::Floats>()
#define ASSAY_LENGTHS Arg<assay::Integers>()
#define ASSAY_RESULT Ret<assay::Floats>()
#define ASSAY_REVERSE Attr<bool>("reverse")

ASSAY_HANDLER(assay_lstm_forward, assay::run_lstm_forward,
              ASSAY_BIND.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS
                  .ASSAY_LENGTHS.ASSAY_RESULT.ASSAY_RESULT.ASSAY_RESULT
                  .ASSAY_RESULT.ASSAY_RESULT.ASSAY_REVERSE);

ASSAY_HANDLER(assay_lstm_backward, assay::run_lstm_backward,
              ASSAY_BIND.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS
                  .ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_LENGTHS
                  .ASSAY_RESULT.ASSAY_RESULT.ASSAY_RESULT.ASSAY_REVERSE);

ASSAY_HANDLER(assay_gru_forward, assay::run_gru_forward,
              ASSAY_BIND.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS
                  .ASSAY_LENGTHS.ASSAY_RESULT.ASSAY_RESULT.ASSAY_RESULT
                  .ASSAY_RESULT.ASSAY_REVERSE);

ASSAY_HANDLER(assay_gru_backward, assay::run_gru_backward,
              ASSAY_BIND.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS
                  .ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_FLOATS.ASSAY_LENGTHS
                  .ASSAY_RESULT.ASSAY_RESULT.ASSAY_RESULT.ASSAY_REVERSE);

#pragma GCC visibility pop
