// A chain of dense layers, each with an elementwise activation and perhaps dropout:
// all layers in one call forward and in one backward.
//
// One thread sums each number in a fixed order, so that the bits do not depend on the
// number of threads.
#pragma once

#include <vector>

#include "convolution.h"

namespace assay {

struct DenseLayer {
  int64_t inputs;
  int64_t units;
  Activation activation;
  const float* kernel;         // (inputs, units)
  const float* bias = nullptr;  // (units,); forward only
  float* values;               // (n, units)
  const Dropout* dropout = nullptr;  // null without dropout
  float* kernel_gradient = nullptr;  // backward only
  float* bias_gradient = nullptr;
};

void dense_forward(Engine engine, int64_t n, const float* input,
                   const std::vector<DenseLayer>& layers);

// `gradient` is the gradient of the last layer's values. `first` (n, units of the first
// layer) receives that of the first layer's x W + b, from which the caller can compute
// the input's.
void dense_backward(Engine engine, int64_t n, const float* input,
                    const float* gradient, const std::vector<DenseLayer>& layers,
                    float* first);

}  // namespace assay
