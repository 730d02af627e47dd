// The functions that XLA calls for periodic functions of single numbers (see
// handler.h).

#include "handler.h"

namespace assay {
namespace {

// The smallest number of cosines for which starting other threads is worthwhile.
constexpr int64_t kManyCosines = 1 << 18;

struct Sizes {
  int64_t rows, columns, frequencies, units;
};

Sizes sizes_of(const Floats& numbers, const Floats& frequency, const Floats& phase,
               const Floats& mixture) {
  check_rank("numbers", numbers, 2, 2);
  check_rank("mixture", mixture, 3, 3);
  const int64_t rows = numbers.dimensions()[0], columns = numbers.dimensions()[1];
  const int64_t frequencies = mixture.dimensions()[1];
  const int64_t units = mixture.dimensions()[2];
  check_shape("numbers", numbers, {rows, columns});
  check_shape("frequency", frequency, {columns, frequencies});
  check_shape("phase", phase, {columns, frequencies});
  check_shape("mixture", mixture, {columns, frequencies, units});
  check_number("number of units", units <= kMostPeriodicUnits, "<= 4", units);
  return {rows, columns, frequencies, units};
}

// Call work(column) for each column of numbers. The columns are independent.
template <typename Work>
void for_columns(ffi::ThreadPool& pool, const Sizes& sizes, const Work& work) {
  if (sizes.rows * sizes.columns * sizes.frequencies >= kManyCosines) {
    return parallel_for(pool, sizes.columns, work);
  }
  for (int64_t column = 0; column < sizes.columns; ++column) work(column);
}

// Arguments: numbers (n, p), frequency (p, k), phase (p, k) and mixture (p, k, u).
// Result: functions (n, p, u).
void run_periodic_forward(ffi::ThreadPool pool, Floats numbers, Floats frequency,
                          Floats phase, Floats mixture, Result functions) {
  const Sizes sizes = sizes_of(numbers, frequency, phase, mixture);
  check_shape("functions", *functions, {sizes.rows, sizes.columns, sizes.units});
  const Kernels& table = loaded_kernels();
  for_columns(pool, sizes, [&](int64_t column) {
    const int64_t first = column * sizes.frequencies;
    table.periodic({numbers.typed_data() + column, sizes.columns, sizes.rows,
                    frequency.typed_data() + first, phase.typed_data() + first,
                    mixture.typed_data() + first * sizes.units, sizes.frequencies,
                    sizes.units, functions->typed_data() + column * sizes.units});
  });
}

// Arguments: as above, and the gradient with respect to the functions.
// Results: the gradients with respect to the other arguments.
void run_periodic_backward(ffi::ThreadPool pool, Floats numbers, Floats frequency,
                           Floats phase, Floats mixture, Floats gradient,
                           Result numbers_gradient, Result frequency_gradient,
                           Result phase_gradient, Result mixture_gradient) {
  const Sizes sizes = sizes_of(numbers, frequency, phase, mixture);
  const auto [rows, columns, frequencies, units] = sizes;
  check_shape("gradient", gradient, {rows, columns, units});
  check_shape("numbers_gradient", *numbers_gradient, {rows, columns});
  check_shape("frequency_gradient", *frequency_gradient, {columns, frequencies});
  check_shape("phase_gradient", *phase_gradient, {columns, frequencies});
  check_shape("mixture_gradient", *mixture_gradient, {columns, frequencies, units});
  const Kernels& table = loaded_kernels();
  const int64_t padded = (sizes.rows + table.lanes - 1) / table.lanes * table.lanes;
  for_columns(pool, sizes, [&](int64_t column) {
    thread_local Scratch scratch;
    const int64_t first = column * sizes.frequencies;
    table.periodic_gradient(
        {numbers.typed_data() + column, sizes.columns, sizes.rows,
         frequency.typed_data() + first, phase.typed_data() + first,
         mixture.typed_data() + first * sizes.units, sizes.frequencies, sizes.units,
         nullptr},
        {gradient.typed_data() + column * sizes.units,
         numbers_gradient->typed_data() + column,
         frequency_gradient->typed_data() + first, phase_gradient->typed_data() + first,
         mixture_gradient->typed_data() + first * sizes.units,
         scratch.get((sizes.units + 2) * padded)});
  });
}

}  // namespace
}  // namespace assay

#pragma GCC visibility push(default)

ASSAY_HANDLER(assay_periodic_forward, assay::run_periodic_forward,
              assay::ffi::Ffi::Bind()
                  .Ctx<assay::ffi::ThreadPool>()
                  .Arg<assay::Floats>()
                  .Arg<assay::Floats>()
                  .Arg<assay::Floats>()
                  .Arg<assay::Floats>()
                  .Ret<assay::Floats>());

ASSAY_HANDLER(assay_periodic_backward, assay::run_periodic_backward,
              assay::ffi::Ffi::Bind()
                  .Ctx<assay::ffi::ThreadPool>()
                  .Arg<assay::Floats>()
                  .Arg<assay::Floats>()
                  .Arg<assay::Floats>()
                  .Arg<assay::Floats>()
                  .Arg<assay::Floats>()
                  .Ret<assay::Floats>()
                  .Ret<assay::Floats>()
                  .Ret<assay::Floats>()
                  .Ret<assay::Floats>());

#pragma GCC visibility pop
