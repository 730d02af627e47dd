// The cost at the end of the forward pass. Part of kernels_body.h.

inline float added_up(Vector v) {
  float sum = 0;
  for (int lane = 0; lane < LANES; ++lane) sum += v[lane];
  return sum;
}

// Write exp(x - largest) for a row to `result`, with 0 on underflow. Return the sum.
inline float exponentials(const float* x, int64_t count, float largest,
                          float* result) {
  const Vector zero = {};
  Vector sum = {};
  for (int64_t j = 0; j < count; j += LANES) {
    const int64_t left = count - j;
    const Vector apart = load_part(x + j, left) - largest;
    store_part(result + j, select(apart < zero - 87.0f, zero, exponential(apart)),
               left);
    sum += load_part(result + j, left);
  }
  return added_up(sum);
}

void cross_entropy(const CrossEntropyTask& task) {
  const int64_t count = task.channels;
  for (int64_t i = 0; i < task.rows; ++i) {
    const float* x = task.outputs + i * count;
    float* excess = task.excess + i * count;
    float largest = x[0];
    for (int64_t j = 1; j < count; ++j) largest = x[j] > largest ? x[j] : largest;
    const float sum = exponentials(x, count, largest, excess);
    const int64_t at = task.classes[i];
    const bool known = at >= 0 && at < count;
    const float share = known ? 1.0f / sum : 0.0f;
    for (int64_t j = 0; j < count; j += LANES) {
      const int64_t left = count - j;
      store_part(excess + j, load_part(excess + j, left) * share, left);
    }
    if (known) excess[at] -= 1.0f;
    // The logits are subtracted first, because adding the logarithm to a large logit
    // would lose precision.
    task.losses[i] = known ? __builtin_logf(sum) - (x[at] - largest)
                           : __builtin_nanf("");
  }
}
