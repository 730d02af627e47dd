// The geometry of a sliding kernel, always in three dimensions. Inputs with fewer
// dimensions get leading dimensions of size 1.
#pragma once

#include <cstdint>

namespace assay {

struct Geometry {
  int64_t n;       // images
  int64_t groups;
  int64_t c;       // input channels of one group
  int64_t k;       // output channels of one group
  int64_t space[3];
  int64_t window[3];
  int64_t stride[3];
  int64_t low[3];  // padding before the first row
  int64_t dilation[3];
  int64_t output[3];

  int64_t reach(int d) const { return dilation[d] * (window[d] - 1) + 1; }
  int64_t taps() const { return window[0] * window[1] * window[2]; }
  // Whether each group has one input channel and one output channel.
  bool depthwise() const { return groups > 1 && c == 1 && k == 1; }
  int64_t input_channels() const { return groups * c; }
  int64_t output_channels() const { return groups * k; }
  int64_t input_size() const {
    return space[0] * space[1] * space[2] * input_channels();
  }
  int64_t output_size() const {
    return output[0] * output[1] * output[2] * output_channels();
  }
};

// A box in an image. It may extend beyond the image, where all values are zero.
struct Box {
  int64_t start[3];
  int64_t size[3];
};

// The memory of a box, in the image itself or in a padded copy.
struct View {
  const float* data;
  int64_t steps[3];  // floats from one place to the next, in each dimension
};

}  // namespace assay
