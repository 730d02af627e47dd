// What XLA calls for recurrent layers; see extension.cc.

#include "recurrent.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;
using Floats = ffi::Buffer<ffi::F32>;
using Integers = ffi::Buffer<ffi::S32>;
using Result = ffi::Result<Floats>;

namespace assay {
namespace {

// `states` is (n, steps, size).
Sequence decode(const Floats& states, const Integers& lengths, bool reverse) {
  const auto shape = states.dimensions();
  return {shape[0], shape[1], shape[2], lengths.typed_data(), reverse};
}

ffi::Error run_lstm_forward(ffi::ThreadPool pool, Floats projected, Floats kernel,
                            Floats state, Floats cell, Integers lengths,
                            Result states, Result cells, Result gates,
                            Result last_state, Result last_cell, bool reverse) {
  lstm_forward({*kernels(), pool}, decode(*states, lengths, reverse),
               {projected.typed_data(), kernel.typed_data(), state.typed_data(),
                cell.typed_data(), states->typed_data(), cells->typed_data(),
                gates->typed_data(), last_state->typed_data(),
                last_cell->typed_data()});
  return ffi::Error::Success();
}

ffi::Error run_lstm_backward(ffi::ThreadPool pool, Floats gates, Floats cells,
                             Floats cell, Floats kernel, Floats states_gradient,
                             Floats last_state_gradient, Floats last_cell_gradient,
                             Integers lengths, Result projected_gradient,
                             Result state_gradient, Result cell_gradient,
                             bool reverse) {
  lstm_backward({*kernels(), pool}, decode(cells, lengths, reverse),
                {gates.typed_data(), cells.typed_data(), cell.typed_data(),
                 kernel.typed_data(), states_gradient.typed_data(),
                 last_state_gradient.typed_data(), last_cell_gradient.typed_data(),
                 projected_gradient->typed_data(), state_gradient->typed_data(),
                 cell_gradient->typed_data()});
  return ffi::Error::Success();
}

ffi::Error run_gru_forward(ffi::ThreadPool pool, Floats projected, Floats kernel,
                           Floats recurrent_bias, Floats state, Integers lengths,
                           Result states, Result gates, Result inner,
                           Result last_state, bool reverse) {
  gru_forward({*kernels(), pool}, decode(*states, lengths, reverse),
              {projected.typed_data(), kernel.typed_data(),
               recurrent_bias.typed_data(), state.typed_data(),
               states->typed_data(), gates->typed_data(), inner->typed_data(),
               last_state->typed_data()});
  return ffi::Error::Success();
}

ffi::Error run_gru_backward(ffi::ThreadPool pool, Floats gates, Floats inner,
                            Floats states, Floats state, Floats kernel,
                            Floats states_gradient, Floats last_state_gradient,
                            Integers lengths, Result projected_gradient,
                            Result recurrent_gradient, Result state_gradient,
                            bool reverse) {
  gru_backward({*kernels(), pool}, decode(states, lengths, reverse),
               {gates.typed_data(), inner.typed_data(), states.typed_data(),
                state.typed_data(), kernel.typed_data(),
                states_gradient.typed_data(), last_state_gradient.typed_data(),
                projected_gradient->typed_data(), recurrent_gradient->typed_data(),
                state_gradient->typed_data()});
  return ffi::Error::Success();
}

}  // namespace
}  // namespace assay

#pragma GCC visibility push(default)

XLA_FFI_DEFINE_HANDLER_SYMBOL(assay_lstm_forward, assay::run_lstm_forward,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Integers>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Attr<bool>("reverse"));

XLA_FFI_DEFINE_HANDLER_SYMBOL(assay_lstm_backward, assay::run_lstm_backward,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Integers>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Attr<bool>("reverse"));

XLA_FFI_DEFINE_HANDLER_SYMBOL(assay_gru_forward, assay::run_gru_forward,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Integers>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Attr<bool>("reverse"));

XLA_FFI_DEFINE_HANDLER_SYMBOL(assay_gru_backward, assay::run_gru_backward,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Floats>()
                                  .Arg<Integers>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Ret<Floats>()
                                  .Attr<bool>("reverse"));

#pragma GCC visibility pop
