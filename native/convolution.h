// Convolution and its two gradients, as defined in assay/nn/ops/_primitives.py, with
// channels last. Weights are (taps, c, groups * k). Other arrays have the same layout
// as XLA's buffers.
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

// The same functions for 3x3 kernels, using Winograd's algorithm. For 2x2 outputs, it
// needs 16 products instead of 36, but also additional transforms.
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
