// A chain of dense layers with elementwise activations and optional dropout. One call
// computes the forward pass of all layers, and another computes the backward pass.
//
// Each number is summed by one thread in a fixed order, so the results do not depend on
// the number of threads.
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

// `gradient` is the gradient with respect to the values of the last layer. `first` (n,
// units of the first layer) receives the gradient with respect to x W + b of the first
// layer, from which the caller can compute the gradient with respect to the input.
void dense_backward(Engine engine, int64_t n, const float* input,
                    const float* gradient, const std::vector<DenseLayer>& layers,
                    float* first);

}  // namespace assay
