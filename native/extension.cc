// What XLA calls: decodes the buffers and hands them to the functions of the
// other files. Every name is C, so that Python reaches it through ctypes.

#include "convolution.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;
using Floats = ffi::Buffer<ffi::F32>;
using Result = ffi::Result<Floats>;
using Numbers = ffi::Span<const int64_t>;

namespace assay {
namespace {

// Where each place is computed from itself alone, rows need not end where the
// image's do: one long row cuts into full tiles.
void join_rows(Geometry& geometry) {
  int64_t places = 1;
  for (int d = 0; d < 3; ++d) {
    if (geometry.window[d] != 1 || geometry.space[d] != geometry.output[d]) return;
    if (geometry.stride[d] != 1 || geometry.low[d] != 0) return;
    places *= geometry.space[d];
  }
  for (int d = 0; d < 3; ++d) {
    geometry.space[d] = geometry.output[d] = d == 2 ? places : 1;
  }
}

// numbers: space, window, stride, low, dilation, output (3 each), groups.
Geometry decode(Numbers numbers, int64_t n, int64_t c, int64_t k) {
  Geometry geometry;
  int64_t* fields[] = {geometry.space, geometry.window,   geometry.stride,
                       geometry.low,   geometry.dilation, geometry.output};
  for (int field = 0; field < 6; ++field) {
    for (int d = 0; d < 3; ++d) fields[field][d] = numbers[field * 3 + d];
  }
  geometry.groups = numbers[18];
  geometry.n = n;
  geometry.c = c;
  geometry.k = k / geometry.groups;
  // Few images must be shared among the threads by rows.
  if (n >= 32) join_rows(geometry);
  return geometry;
}

int64_t last(const Floats& x, int back) {
  return x.dimensions()[x.dimensions().size() - back];
}

ffi::Error run_forward(ffi::ThreadPool pool, Floats x, Floats kernel, Result y,
                       Numbers numbers) {
  const Geometry geometry =
      decode(numbers, x.dimensions()[0], last(kernel, 2), last(kernel, 1));
  forward({*kernels(), pool}, geometry, x.typed_data(), kernel.typed_data(),
          y->typed_data());
  return ffi::Error::Success();
}

ffi::Error run_input_gradient(ffi::ThreadPool pool, Floats g, Floats kernel,
                              Result dx, Numbers numbers) {
  const Geometry geometry =
      decode(numbers, g.dimensions()[0], last(kernel, 2), last(kernel, 1));
  input_gradient({*kernels(), pool}, geometry, g.typed_data(),
                 kernel.typed_data(), dx->typed_data());
  return ffi::Error::Success();
}

ffi::Error run_kernel_gradient(ffi::ThreadPool pool, Floats x, Floats g,
                               Result dk, Numbers numbers) {
  const int64_t channels = last(x, 1) / numbers[18];
  const Geometry geometry =
      decode(numbers, x.dimensions()[0], channels, last(g, 1));
  kernel_gradient({*kernels(), pool}, geometry, x.typed_data(), g.typed_data(),
                  dk->typed_data());
  return ffi::Error::Success();
}

}  // namespace
}  // namespace assay

// All else stays hidden inside the library.
#pragma GCC visibility push(default)

#define ASSAY_CONVOLUTION(NAME, FUNCTION)                            \
  XLA_FFI_DEFINE_HANDLER_SYMBOL(NAME, FUNCTION,                      \
                                ffi::Ffi::Bind()                     \
                                    .Ctx<ffi::ThreadPool>()          \
                                    .Arg<Floats>()                   \
                                    .Arg<Floats>()                   \
                                    .Ret<Floats>()                   \
                                    .Attr<Numbers>("numbers"))

ASSAY_CONVOLUTION(assay_convolution_forward, assay::run_forward);
ASSAY_CONVOLUTION(assay_convolution_input_gradient, assay::run_input_gradient);
ASSAY_CONVOLUTION(assay_convolution_kernel_gradient, assay::run_kernel_gradient);

// Counts up whenever names or arguments change; extension/_loading.py must say the same.
extern "C" int assay_interface() { return 4; }

// The instruction set in use, or null where the processor has none of ours.
extern "C" const char* assay_instruction_set() {
  const assay::Kernels* table = assay::kernels();
  return table == nullptr ? nullptr : table->name;
}

#pragma GCC visibility pop
