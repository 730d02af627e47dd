// The functions that XLA calls for dense layers (see handler.h).
//
// Every buffer may have leading axes, one for each `vmap` around the call. The product
// of the axes' sizes is the number of members, which are computed separately.

#include "dense.h"
#include "handler.h"

namespace assay {
namespace {

// An array that consists of consecutive parts, one per member.
template <typename T>
struct Parts {
  T* data = nullptr;
  int64_t size = 0;

  T* of(int64_t member) const { return data + member * size; }
};

template <typename Buffer>
auto parts_of(const Name& name, const Buffer& buffer, Shape leading,
              std::initializer_list<int64_t> shape) {
  check_shape(name, buffer, leading, shape);
  return Parts{buffer.typed_data(), count_of(Shape(shape.begin(), shape.size()))};
}

// The inputs and outputs of one layer.
struct LayerParts {
  int64_t inputs;
  int64_t units;
  Activation activation;
  Parts<float> kernel, bias, values, kernel_gradient, bias_gradient;
  bool drops;
  Parts<uint32_t> words, first;
  Parts<float> kept;
};

// The arguments of a call: `num_inputs` arrays, then two arrays for each layer (the
// kernel and another), and then three arrays for each layer with dropout.
class Call {
 public:
  Call(ffi::RemainingArgs arguments, ffi::RemainingRets results,
       Numbers activations, Numbers drops, int64_t num_inputs)
      : arguments_(arguments), results_(results) {
    const int64_t num_layers = activations.size();
    check_number("number of layers", num_layers >= 1, ">= 1", num_layers);
    check_number("len(drops)", drops.size() == activations.size(),
                 "== len(activations)", drops.size());
    const int64_t num_drops = std::count_if(drops.begin(), drops.end(),
                                            [](int64_t drop) { return drop != 0; });
    const int64_t expected = num_inputs + 2 * num_layers + 3 * num_drops;
    const int64_t actual = arguments.size();
    if (actual != expected) {
      refuse("number of arguments == " + std::to_string(expected),
             std::to_string(actual));
    }
    const Floats x = argument<Floats>(arguments, "x", 0);
    leading = leading_axes("x", x, 2);
    members = count_of(leading);
    n = x.dimensions()[leading.size()];
    inputs = x.dimensions()[leading.size() + 1];
    input = parts_of("x", x, leading, {n, inputs});
    read_layers(activations, drops, num_inputs);
  }

  Parts<float> floats(int64_t i, const Name& name,
                      std::initializer_list<int64_t> shape) const {
    return parts_of(name, argument<Floats>(arguments_, name, i), leading, shape);
  }
  Parts<float> output(int64_t i, const Name& name,
                      std::initializer_list<int64_t> shape) const {
    return parts_of(name, result<Floats>(results_, name, i), leading, shape);
  }
  void check_num_results(int64_t expected) const {
    const int64_t actual = results_.size();
    if (actual != expected) {
      refuse("number of results == " + std::to_string(expected),
             std::to_string(actual));
    }
  }

  // The layers of one member.
  std::vector<DenseLayer> layers_of(int64_t member,
                                    std::vector<Dropout>& dropouts) const {
    std::vector<DenseLayer> made(layers.size());
    dropouts.resize(layers.size());
    for (size_t i = 0; i < layers.size(); ++i) {
      const LayerParts& layer = layers[i];
      made[i] = {.inputs = layer.inputs,
                 .units = layer.units,
                 .activation = layer.activation,
                 .kernel = layer.kernel.of(member),
                 .bias = layer.bias.of(member),
                 .values = layer.values.of(member),
                 .kernel_gradient = layer.kernel_gradient.of(member),
                 .bias_gradient = layer.bias_gradient.of(member)};
      if (!layer.drops) continue;
      dropouts[i] = {layer.words.of(member), *layer.first.of(member),
                     *layer.kept.of(member)};
      made[i].dropout = &dropouts[i];
    }
    return made;
  }

  Shape leading;
  int64_t members;
  int64_t n;
  int64_t inputs;
  Parts<float> input;
  std::vector<LayerParts> layers;

 private:
  void read_layers(Numbers activations, Numbers drops, int64_t first) {
    const int64_t num_layers = activations.size();
    layers.resize(num_layers);
    int64_t width = inputs, behind = first + 2 * num_layers;
    for (int64_t i = 0; i < num_layers; ++i) {
      LayerParts& layer = layers[i];
      check_number({"activation", i},
                   activations[i] >= 0 && activations[i] < kNumActivations,
                   "in known activations", activations[i]);
      const Name name("kernel", i);
      const Floats kernel = argument<Floats>(arguments_, name, first + 2 * i);
      const Shape shape = kernel.dimensions();
      layer.inputs = width;
      layer.units = width = shape.size() == 0 ? 0 : shape.back();
      layer.activation = static_cast<Activation>(activations[i]);
      layer.kernel = parts_of(name, kernel, leading, {layer.inputs, layer.units});
      layer.drops = drops[i] != 0;
      if (!layer.drops) continue;
      read_dropout(layer, i, behind);
      behind += 3;
    }
  }

  void read_dropout(LayerParts& layer, int64_t i, int64_t at) {
    using Words = ffi::Buffer<ffi::U32>;
    const Name words("words", i), first("first", i), kept("kept", i);
    layer.words =
        parts_of(words, argument<Words>(arguments_, words, at), leading, {2});
    layer.first =
        parts_of(first, argument<Words>(arguments_, first, at + 1), leading, {});
    layer.kept = floats(at + 2, kept, {});
  }

  ffi::RemainingArgs arguments_;
  ffi::RemainingRets results_;
};

// Arguments: x, then the kernel and bias of each layer, then the words of the key, the
// first position and the probability of keeping a value for each layer with dropout.
// Results: the values of each layer.
void run_forward(ffi::ThreadPool pool, ffi::RemainingArgs arguments,
                 ffi::RemainingRets results, Numbers activations, Numbers drops) {
  Call call(arguments, results, activations, drops, 1);
  call.check_num_results(call.layers.size());
  for (int64_t i = 0; i < std::ssize(call.layers); ++i) {
    LayerParts& layer = call.layers[i];
    layer.bias = call.floats(2 * i + 2, {"bias", i}, {layer.units});
    layer.values = call.output(i, {"values", i}, {call.n, layer.units});
  }
  const Engine engine = {loaded_kernels(), pool};
  parallel_for(pool, call.members, [&](int64_t member) {
    std::vector<Dropout> dropouts;
    dense_forward(engine, call.n, call.input.of(member),
                  call.layers_of(member, dropouts));
  });
}

// Arguments: x, the gradient with respect to the last values, then the kernel and
// values of each layer, then the arrays for dropout. Results: the gradient with respect
// to the first layer's sums, then those with respect to each kernel and bias.
void run_backward(ffi::ThreadPool pool, ffi::RemainingArgs arguments,
                  ffi::RemainingRets results, Numbers activations, Numbers drops) {
  Call call(arguments, results, activations, drops, 2);
  call.check_num_results(1 + 2 * std::ssize(call.layers));
  for (int64_t i = 0; i < std::ssize(call.layers); ++i) {
    LayerParts& layer = call.layers[i];
    layer.values = call.floats(2 * i + 3, {"values", i}, {call.n, layer.units});
    layer.kernel_gradient = call.output(2 * i + 1, {"kernel gradient", i},
                                        {layer.inputs, layer.units});
    layer.bias_gradient =
        call.output(2 * i + 2, {"bias gradient", i}, {layer.units});
  }
  const Parts<float> gradient =
      call.floats(1, "gradient", {call.n, call.layers.back().units});
  const Parts<float> first =
      call.output(0, "first gradient", {call.n, call.layers.front().units});
  const Engine engine = {loaded_kernels(), pool};
  parallel_for(pool, call.members, [&](int64_t member) {
    std::vector<Dropout> dropouts;
    dense_backward(engine, call.n, call.input.of(member), gradient.of(member),
                   call.layers_of(member, dropouts), first.of(member));
  });
}

}  // namespace
}  // namespace assay

#pragma GCC visibility push(default)

#define ASSAY_DENSE(NAME, FUNCTION)                      \
  ASSAY_HANDLER(NAME, FUNCTION,                          \
                assay::ffi::Ffi::Bind()                  \
                    .Ctx<assay::ffi::ThreadPool>()       \
                    .RemainingArgs()                     \
                    .RemainingRets()                     \
                    .Attr<assay::Numbers>("activations") \
                    .Attr<assay::Numbers>("drops"))

ASSAY_DENSE(assay_dense_forward, assay::run_forward);
ASSAY_DENSE(assay_dense_backward, assay::run_backward);

#pragma GCC visibility pop
