// The functions that XLA calls for convolutions (see handler.h).
//
// y = forward(x, kernel) and its two gradients read two of the arrays
//   x (n, *space, groups * c), kernel (*window, c, groups * k), y (n, *output, groups * k)
// and write the third one. The arrays have one to three spatial dimensions.

#include "convolution.h"
#include "handler.h"

namespace assay {
namespace {

struct Arrays {
  Floats x, kernel, y;
};

// The attributes of a call, with one number per spatial dimension.
struct Attributes {
  Numbers space, window, stride, low, dilation, output;
  int64_t groups;
};

// If each output depends only on the input at the same position, join all rows into one
// long row, which can be divided into full tiles.
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

// Write one number per dimension to `field`, adding leading dimensions to obtain three.
void fill(const Name& name, Numbers numbers, int64_t rank, int64_t least,
          int64_t* field) {
  if (static_cast<int64_t>(numbers.size()) != rank) {
    refuse("len(" + name.str() + ") == " + std::to_string(rank),
           name.str() + "=" + text_of(numbers));
  }
  for (int64_t d = 0; d < 3; ++d) {
    field[d] = d < 3 - rank ? least : numbers[d - (3 - rank)];
    if (field[d] < least) {
      refuse(name.str() + " >= " + std::to_string(least),
             name.str() + "=" + text_of(numbers));
    }
  }
}

// Check that an array is (n, *sizes, channels).
void check_images(const Name& name, const Floats& array, int64_t n, Numbers sizes,
                  int64_t channels) {
  int64_t axes[4] = {n};
  std::copy(sizes.begin(), sizes.end(), axes + 1);
  check_shape(name, array, Shape(axes, 1 + sizes.size()), {channels});
}

Geometry decode(const Arrays& arrays, const Attributes& attributes) {
  check_rank("x", arrays.x, 3, 5);
  const int64_t rank = arrays.x.dimensions().size() - 2;
  check_rank("kernel", arrays.kernel, rank + 2, rank + 2);
  check_number("groups", attributes.groups >= 1, ">= 1", attributes.groups);
  Geometry geometry;
  fill("space", attributes.space, rank, 1, geometry.space);
  fill("window", attributes.window, rank, 1, geometry.window);
  fill("stride", attributes.stride, rank, 1, geometry.stride);
  fill("low", attributes.low, rank, 0, geometry.low);
  fill("dilation", attributes.dilation, rank, 1, geometry.dilation);
  fill("output", attributes.output, rank, 1, geometry.output);
  const Shape kernel = arrays.kernel.dimensions();
  geometry.groups = attributes.groups;
  geometry.n = arrays.x.dimensions()[0];
  geometry.c = kernel[rank];
  geometry.k = kernel[rank + 1] / geometry.groups;
  check_shape("kernel", arrays.kernel, attributes.window,
              {geometry.c, geometry.output_channels()});
  check_images("x", arrays.x, geometry.n, attributes.space,
               geometry.input_channels());
  check_images("y", arrays.y, geometry.n, attributes.output,
               geometry.output_channels());
  // If there are few images, their rows are divided among the threads, so they must
  // remain separate.
  if (geometry.n >= 32) join_rows(geometry);
  return geometry;
}

void run_forward(ffi::ThreadPool pool, Floats x, Floats kernel, Result y,
                 Numbers space, Numbers window, Numbers stride, Numbers low,
                 Numbers dilation, Numbers output, int64_t groups) {
  const Geometry geometry = decode(
      {x, kernel, *y}, {space, window, stride, low, dilation, output, groups});
  forward({loaded_kernels(), pool}, geometry, x.typed_data(), kernel.typed_data(),
          y->typed_data());
}

void run_input_gradient(ffi::ThreadPool pool, Floats y, Floats kernel, Result x,
                        Numbers space, Numbers window, Numbers stride, Numbers low,
                        Numbers dilation, Numbers output, int64_t groups) {
  const Geometry geometry = decode(
      {*x, kernel, y}, {space, window, stride, low, dilation, output, groups});
  input_gradient({loaded_kernels(), pool}, geometry, y.typed_data(),
                 kernel.typed_data(), x->typed_data());
}

void run_kernel_gradient(ffi::ThreadPool pool, Floats x, Floats y, Result kernel,
                         Numbers space, Numbers window, Numbers stride, Numbers low,
                         Numbers dilation, Numbers output, int64_t groups) {
  const Geometry geometry = decode(
      {x, *kernel, y}, {space, window, stride, low, dilation, output, groups});
  kernel_gradient({loaded_kernels(), pool}, geometry, x.typed_data(),
                  y.typed_data(), kernel->typed_data());
}

}  // namespace
}  // namespace assay

#pragma GCC visibility push(default)

#define ASSAY_CONVOLUTION(NAME, FUNCTION)          \
  ASSAY_HANDLER(NAME, FUNCTION,                    \
                assay::ffi::Ffi::Bind()            \
                    .Ctx<assay::ffi::ThreadPool>() \
                    .Arg<assay::Floats>()          \
                    .Arg<assay::Floats>()          \
                    .Ret<assay::Floats>()          \
                    .Attr<assay::Numbers>("space")    \
                    .Attr<assay::Numbers>("window")   \
                    .Attr<assay::Numbers>("stride")   \
                    .Attr<assay::Numbers>("low")      \
                    .Attr<assay::Numbers>("dilation") \
                    .Attr<assay::Numbers>("output")   \
                    .Attr<int64_t>("groups"))

ASSAY_CONVOLUTION(assay_convolution_forward, assay::run_forward);
ASSAY_CONVOLUTION(assay_convolution_input_gradient, assay::run_input_gradient);
ASSAY_CONVOLUTION(assay_convolution_kernel_gradient, assay::run_kernel_gradient);

#pragma GCC visibility pop
