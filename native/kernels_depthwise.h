// Inner loops of depthwise convolution. Part of kernels_body.h.

// R neighboring outputs for one vector of channels.
template <int R>
void depthwise_tile(const DepthwiseTask& task, const float* input, float* output,
                    int64_t first) {
  const int64_t left = task.channels - first;
  Vector sum[R] = {};
  for (int64_t q = 0; q < task.num_runs; ++q) {
    const float* x = input + task.runs[q].input;
    const Vector w =
        load_part(task.weights + task.runs[q].row * task.channels + first, left);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
      sum[r] += w * load_part(x + r * task.input_step, left);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r) {
    store_part(output + r * task.output_step, sum[r], left);
  }
}

void depthwise(const DepthwiseTask& task) {
  constexpr int kRows = 8;
  for (int64_t j = 0; j < task.channels; j += LANES) {
    const float* input = task.input + j;
    float* output = task.output + j;
    int64_t p = 0;
    for (; p + kRows <= task.length; p += kRows) {
      depthwise_tile<kRows>(task, input + p * task.input_step,
                            output + p * task.output_step, j);
    }
    for (; p < task.length; ++p) {
      depthwise_tile<1>(task, input + p * task.input_step,
                        output + p * task.output_step, j);
    }
  }
}

// T elements of the kernel for one vector of channels, summed over all places.
template <int T>
void depthwise_outer_tile(const DepthwiseOuterTask& task, const Run* runs,
                          int64_t first) {
  const int64_t left = task.channels - first;
  Vector sum[T];
#pragma GCC unroll 16
  for (int t = 0; t < T; ++t) {
    sum[t] = load_part(task.sum + runs[t].row * task.channels + first, left);
  }
  for (int64_t a = 0; a < task.places[0]; ++a) {
    for (int64_t b = 0; b < task.places[1]; ++b) {
      const float* x = task.input + a * task.input_steps[0] +
                       b * task.input_steps[1] + first;
      const float* g = task.other + a * task.other_steps[0] +
                       b * task.other_steps[1] + first;
      for (int64_t p = 0; p < task.places[2]; ++p) {
        const Vector w = load_part(g, left);
#pragma GCC unroll 16
        for (int t = 0; t < T; ++t) {
          sum[t] += w * load_part(x + runs[t].input, left);
        }
        x += task.input_steps[2];
        g += task.other_steps[2];
      }
    }
  }
#pragma GCC unroll 16
  for (int t = 0; t < T; ++t) {
    store_part(task.sum + runs[t].row * task.channels + first, sum[t], left);
  }
}

void depthwise_outer(const DepthwiseOuterTask& task) {
  for (int64_t j = 0; j < task.channels; j += LANES) {
    int64_t q = 0;
    for (; q + 9 <= task.num_runs; q += 9) {
      depthwise_outer_tile<9>(task, task.runs + q, j);
    }
    for (; q + 3 <= task.num_runs; q += 3) {
      depthwise_outer_tile<3>(task, task.runs + q, j);
    }
    for (; q < task.num_runs; ++q) {
      depthwise_outer_tile<1>(task, task.runs + q, j);
    }
  }
}
