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
  float* argument(int64_t i, int64_t member) const {
    return part(*arguments.get<Floats>(i), member);
  }
  float* result(int64_t i, int64_t member) const {
    return part(**results.get<Floats>(i), member);
  }
  // What layer i drops, if it does: three arguments behind all others.
  std::vector<Dropout> dropouts(Numbers drops, int64_t behind, int64_t member) const {
    std::vector<Dropout> found(drops.size());
    for (int64_t i = 0; i < std::ssize(drops); ++i) {
      if (!drops[i]) continue;
      found[i] = {words(behind, member), *words(behind + 1, member),
                  *argument(behind + 2, member)};
      behind += 3;
    }
    return found;
  }
  const uint32_t* words(int64_t i, int64_t member) const {
    const auto buffer = *arguments.get<ffi::Buffer<ffi::U32>>(i);
    return buffer.typed_data() + buffer.element_count() / members * member;
  }
  float* part(const Floats& buffer, int64_t member) const {
    return buffer.typed_data() + buffer.element_count() / members * member;
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

// Arguments: input, then kernel and bias of each layer, then of each that drops values
// the key's words, the first position and the share that is kept. Results: values.
ffi::Error run_forward(ffi::ThreadPool pool, ffi::RemainingArgs arguments,
                       ffi::RemainingRets results, Numbers activations,
                       Numbers drops) {
  const Buffers at = {arguments, results, count_members(arguments)};
  return each_member(pool, at.members, [&](int64_t member) {
    std::vector<DenseLayer> layers(activations.size());
    const auto dropouts = at.dropouts(drops, 2 * std::ssize(layers) + 1, member);
    for (int64_t i = 0; i < std::ssize(layers); ++i) {
      layers[i] = {.inputs = at.size(2 * i + 1, 2),
                   .units = at.size(2 * i + 1, 1),
                   .activation = static_cast<Activation>(activations[i]),
                   .kernel = at.argument(2 * i + 1, member),
                   .bias = at.argument(2 * i + 2, member),
                   .values = at.result(i, member),
                   .dropout = drops[i] ? &dropouts[i] : nullptr};
    }
    dense_forward({*kernels(), pool}, at.size(0, 2), at.argument(0, member), layers);
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
    std::vector<DenseLayer> layers(activations.size());
    const auto dropouts = at.dropouts(drops, 2 * std::ssize(layers) + 2, member);
    for (int64_t i = 0; i < std::ssize(layers); ++i) {
      layers[i] = {.inputs = at.size(2 * i + 2, 2),
                   .units = at.size(2 * i + 2, 1),
                   .activation = static_cast<Activation>(activations[i]),
                   .kernel = at.argument(2 * i + 2, member),
                   .values = at.argument(2 * i + 3, member),
                   .dropout = drops[i] ? &dropouts[i] : nullptr,
                   .kernel_gradient = at.result(2 * i + 1, member),
                   .bias_gradient = at.result(2 * i + 2, member)};
    }
    dense_backward({*kernels(), pool}, at.size(0, 2), at.argument(0, member),
                   at.argument(1, member), layers, at.result(0, member));
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
