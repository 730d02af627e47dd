// Convolution and its two gradients, channel last; assay/nn/ops/_primitives.py defines
// them. Weights are (taps, c, groups * k), other arrays as in XLA's buffers.
#pragma once

#include "geometry.h"
#include "kernels.h"
#include "parallel.h"

namespace assay {

struct Engine {
  const Kernels& kernels;
  xla::ffi::ThreadPool& pool;
};

void forward(Engine engine, const Geometry& geometry, const float* input,
             const float* weights, float* output);

void input_gradient(Engine engine, const Geometry& geometry,
                    const float* gradient, const float* weights, float* result);

void kernel_gradient(Engine engine, const Geometry& geometry, const float* input,
                     const float* gradient, float* result);

// The same for 3x3 kernels by Winograd's algorithm: 16 products instead of 36, at the
// cost of the transforms.
bool winograd_pays(const Geometry& geometry);

void winograd_forward(Engine engine, const Geometry& geometry, const float* input,
                      const float* weights, float* output);

void winograd_input_gradient(Engine engine, const Geometry& geometry,
                             const float* gradient, const float* weights,
                             float* result);

void winograd_kernel_gradient(Engine engine, const Geometry& geometry,
                              const float* input, const float* gradient,
                              float* result);

}  // namespace assay
