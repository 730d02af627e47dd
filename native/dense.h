// Dense layers one after the other, each with an elementwise activation, of
// which some may be dropped; forward and backward in one call.
//
// Every number is summed by one thread in one order, so that the bits do not depend
// on how many threads there are.
#pragma once

#include <vector>

#include "convolution.h"

namespace assay {

struct DenseLayer {
  int64_t inputs;
  int64_t units;
  Activation activation;
  const float* kernel;         // (inputs, units)
  const float* bias = nullptr;  // (units,); only on the way there
  float* values;               // (n, units)
  const Dropout* dropout = nullptr;  // none
  float* kernel_gradient = nullptr;  // only on the way back
  float* bias_gradient = nullptr;
};

void dense_forward(Engine engine, int64_t n, const float* input,
                   const std::vector<DenseLayer>& layers);

// `gradient` is that of the last layer's values. `first` (n, units of the first
// layer) receives the gradient of the first layer's x W + b, for whoever wants the
// input's.
void dense_backward(Engine engine, int64_t n, const float* input,
                    const float* gradient, const std::vector<DenseLayer>& layers,
                    float* first);

}  // namespace assay
