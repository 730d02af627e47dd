// Activations of dense layers, and copies of matrices. Part of kernels_body.h.

// ReLU propagates NaN so that the caller notices divergence.
template <Activation activation>
inline Vector activated(Vector x) {
  const Vector zero = {};
  if constexpr (activation == kRelu) return select(x < zero, zero, x);
  if constexpr (activation == kTanh) return hyperbolic_tangent(x);
  if constexpr (activation == kSigmoid) return sigmoid(x);
  return x;
}

// The product of g and the derivative, computed from y = activation(x).
template <Activation activation>
inline Vector sent_back(Vector y, Vector g) {
  const Vector zero = {};
  if constexpr (activation == kRelu) return select(y > zero, g, zero);
  if constexpr (activation == kTanh) return g * (1.0f - y * y);
  if constexpr (activation == kSigmoid) return g * y * (1.0f - y);
  return g;
}

typedef uint32_t Words __attribute__((vector_size(LANES * sizeof(uint32_t))));

// The same hash as in assay.nn._masks, so the same values are dropped.
inline Words mixed(Words x) {
  x = (x ^ (x >> kMixShift1)) * kMixFactor1;
  x = (x ^ (x >> kMixShift2)) * kMixFactor2;
  return x ^ (x >> kMixLastShift);
}

// Keep or drop each value depending on a hash of its position, from `position` onward.
inline Vector kept_of(const Dropout& dropout, uint32_t position, Vector values) {
  Words lanes;
  for (int lane = 0; lane < LANES; ++lane) lanes[lane] = lane;
  const Words inner = mixed((lanes + position) ^ dropout.words[0]);
  const Words bits = mixed(inner + dropout.words[1]) >> 8;
  const Vector fraction = __builtin_convertvector((Integers)bits, Vector) * 0x1p-24f;
  return select(fraction < dropout.kept, values / dropout.kept, Vector{});
}

template <Activation activation, bool drops>
void activate_as(const ActivationTask& task) {
  for (int64_t j = 0; j < task.channels; j += LANES) {
    const int64_t left = task.channels - j;
    const Vector bias = load_part(task.bias + j, left);
    float* values = task.values + j;
    for (int64_t i = 0; i < task.rows; ++i, values += task.step) {
      Vector y = activated<activation>(load_part(values, left) + bias);
      if constexpr (drops) {
        y = kept_of(*task.dropout, task.position + i * task.step + j, y);
      }
      store_part(values, y, left);
    }
  }
}

template <bool drops>
void activate_all(const ActivationTask& task) {
  switch (task.activation) {
    case kIdentity: return activate_as<kIdentity, drops>(task);
    case kRelu: return activate_as<kRelu, drops>(task);
    case kTanh: return activate_as<kTanh, drops>(task);
    case kSigmoid: return activate_as<kSigmoid, drops>(task);
  }
}

void activate(const ActivationTask& task) {
  return task.dropout ? activate_all<true>(task) : activate_all<false>(task);
}

template <Activation activation, bool drops>
void activate_gradient_as(const ActivationGradientTask& task) {
  assert(task.result_step >= padded(task.channels));
  for (int64_t j = 0; j < task.channels; j += LANES) {
    const int64_t left = task.channels - j;
    const float* gradient = task.gradient + j;
    const float* values = task.values + j;
    float* result = task.result + j;
    Vector sum = {};
    for (int64_t i = 0; i < task.rows; ++i) {
      Vector y = load_part(values, left), g = load_part(gradient, left);
      if constexpr (drops) {
        const Dropout& dropout = *task.dropout;
        y *= dropout.kept;
        g = kept_of(dropout, dropout.first + i * task.values_step + j, g);
      }
      g = sent_back<activation>(y, g);
      store(result, g);
      sum += g;
      gradient += task.gradient_step;
      values += task.values_step;
      result += task.result_step;
    }
    store_part(task.bias_gradient + j, sum, left);
  }
}

template <bool drops>
void activate_gradient_all(const ActivationGradientTask& task) {
  switch (task.activation) {
    case kIdentity: return activate_gradient_as<kIdentity, drops>(task);
    case kRelu: return activate_gradient_as<kRelu, drops>(task);
    case kTanh: return activate_gradient_as<kTanh, drops>(task);
    case kSigmoid: return activate_gradient_as<kSigmoid, drops>(task);
  }
}

void activate_gradient(const ActivationGradientTask& task) {
  return task.dropout ? activate_gradient_all<true>(task)
                      : activate_gradient_all<false>(task);
}

void copy_rows(const CopyTask& task) {
  assert(task.result_step >= padded(task.columns));
  for (int64_t i = 0; i < task.rows; ++i) {
    const float* from = task.matrix + i * task.step;
    float* to = task.result + i * task.result_step;
    for (int64_t j = 0; j < task.columns; j += LANES) {
      store(to + j, load_part(from + j, task.columns - j));
    }
  }
}

// Select lanes of two registers by number; B's lanes are numbered after A's.
#if defined(__clang__)
#define SHUFFLE(A, B, ...) __builtin_shufflevector(A, B, __VA_ARGS__)
#else
#define SHUFFLE(A, B, ...) __builtin_shuffle(A, B, Integers{__VA_ARGS__})
#endif

// Swap elements at a distance of `far` across the diagonal. Repeating this for 1, 2, 4,
// ... transposes a square of registers.
template <int far, int... lane>
inline void swap_corners(Vector* square, std::integer_sequence<int, lane...>) {
#pragma GCC unroll 16
  for (int i = 0; i < LANES; ++i) {
    if (i & far) continue;
    const Vector a = square[i], b = square[i + far];
    square[i] = SHUFFLE(a, b, (lane & far ? LANES + lane - far : lane)...);
    square[i + far] = SHUFFLE(a, b, (lane & far ? LANES + lane : lane + far)...);
  }
  if constexpr (2 * far < LANES) {
    swap_corners<2 * far>(square, std::integer_sequence<int, lane...>());
  }
}

#undef SHUFFLE

void transpose(const CopyTask& task) {
  assert(task.result_step >= padded(task.rows));
  for (int64_t i = 0; i < task.rows; i += LANES) {
    const int64_t here = least(LANES, task.rows - i);
    for (int64_t j = 0; j < task.columns; j += LANES) {
      const int64_t left = task.columns - j;
      const float* from = task.matrix + i * task.step + j;
      Vector square[LANES] = {};
      for (int64_t r = 0; r < here; ++r) {
        square[r] = load_part(from + r * task.step, left);
      }
      swap_corners<1>(square, std::make_integer_sequence<int, LANES>());
      float* to = task.result + j * task.result_step + i;
      for (int64_t r = 0; r < least(LANES, left); ++r) {
        store(to + r * task.result_step, square[r]);
      }
    }
  }
}
