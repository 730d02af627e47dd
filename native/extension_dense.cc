// What XLA calls for dense layers; see extension.cc.
//
// Buffers may have an axis in front, of members trained at once: each member is
// computed for itself.

#include "dense.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;
using Floats = ffi::Buffer<ffi::F32>;
using Numbers = ffi::Span<const int64_t>;

namespace assay {
namespace {

// The buffers of a call, of which each member has a part.
struct Buffers {
  ffi::RemainingArgs arguments;
  ffi::RemainingRets results;
  int64_t members;

  int64_t size(int64_t i, int back) const {
    const auto shape = arguments.get<Floats>(i)->dimensions();
    return shape[shape.size() - back];
  }
  template <typename Buffer>
  auto* part(const Buffer& buffer, int64_t member) const {
    return buffer.typed_data() + buffer.element_count() / members * member;
  }
  float* argument(int64_t i, int64_t member) const {
    return part(*arguments.get<Floats>(i), member);
  }
  float* result(int64_t i, int64_t member) const {
    return part(**results.get<Floats>(i), member);
  }
  const uint32_t* words(int64_t i, int64_t member) const {
    return part(*arguments.get<ffi::Buffer<ffi::U32>>(i), member);
  }
};

int64_t count_members(const ffi::RemainingArgs& arguments) {
  const auto shape = arguments.get<Floats>(0)->dimensions();
  return shape.size() == 2 ? 1 : shape[0];
}

template <typename Run>
ffi::Error each_member(ffi::ThreadPool pool, int64_t members, const Run& run) {
  parallel_for(pool, members, run);
  return ffi::Error::Success();
}

// The layers of one member, as far as both ways have them in common.
struct Layers {
  std::vector<DenseLayer> layers;
  std::vector<Dropout> dropouts;

  // A kernel, and one more array, for each layer from argument `first` on; behind
  // all of them three arguments for each that drops values.
  Layers(const Buffers& at, Numbers activations, Numbers drops, int64_t first,
         int64_t member)
      : layers(activations.size()), dropouts(activations.size()) {
    int64_t behind = first + 2 * std::ssize(layers);
    for (int64_t i = 0; i < std::ssize(layers); ++i) {
      const int64_t kernel = first + 2 * i;
      layers[i] = {.inputs = at.size(kernel, 2),
                   .units = at.size(kernel, 1),
                   .activation = static_cast<Activation>(activations[i]),
                   .kernel = at.argument(kernel, member)};
      if (!drops[i]) continue;
      dropouts[i] = {at.words(behind, member), *at.words(behind + 1, member),
                     *at.argument(behind + 2, member)};
      layers[i].dropout = &dropouts[i];
      behind += 3;
    }
  }
};

// Arguments: input, then kernel and bias of each layer, then of each that drops values
// the key's words, the first position and the share that is kept. Results: values.
ffi::Error run_forward(ffi::ThreadPool pool, ffi::RemainingArgs arguments,
                       ffi::RemainingRets results, Numbers activations,
                       Numbers drops) {
  const Buffers at = {arguments, results, count_members(arguments)};
  return each_member(pool, at.members, [&](int64_t member) {
    Layers made(at, activations, drops, 1, member);
    for (int64_t i = 0; i < std::ssize(made.layers); ++i) {
      made.layers[i].bias = at.argument(2 * i + 2, member);
      made.layers[i].values = at.result(i, member);
    }
    dense_forward({*kernels(), pool}, at.size(0, 2), at.argument(0, member),
                  made.layers);
  });
}

// Arguments: input, gradient, then kernel and values of each layer, then as before.
// Results: the gradient that reaches the first layer, then those of each kernel and
// bias.
ffi::Error run_backward(ffi::ThreadPool pool, ffi::RemainingArgs arguments,
                        ffi::RemainingRets results, Numbers activations,
                        Numbers drops) {
  const Buffers at = {arguments, results, count_members(arguments)};
  return each_member(pool, at.members, [&](int64_t member) {
    Layers made(at, activations, drops, 2, member);
    for (int64_t i = 0; i < std::ssize(made.layers); ++i) {
      made.layers[i].values = at.argument(2 * i + 3, member);
      made.layers[i].kernel_gradient = at.result(2 * i + 1, member);
      made.layers[i].bias_gradient = at.result(2 * i + 2, member);
    }
    dense_backward({*kernels(), pool}, at.size(0, 2), at.argument(0, member),
                   at.argument(1, member), made.layers, at.result(0, member));
  });
}

}  // namespace
}  // namespace assay

#pragma GCC visibility push(default)

#define ASSAY_DENSE(NAME, FUNCTION)                            \
  XLA_FFI_DEFINE_HANDLER_SYMBOL(NAME, FUNCTION,                \
                                ffi::Ffi::Bind()               \
                                    .Ctx<ffi::ThreadPool>()    \
                                    .RemainingArgs()           \
                                    .RemainingRets()           \
                                    .Attr<Numbers>("activations") \
                                    .Attr<Numbers>("drops"))

ASSAY_DENSE(assay_dense_forward, assay::run_forward);
ASSAY_DENSE(assay_dense_backward, assay::run_backward);

#pragma GCC visibility pop
