// Periodic functions of single numbers. Part of kernels_body.h.

inline float added_up(Vector v) {
  float sum = 0;
  for (int lane = 0; lane < LANES; ++lane) sum += v[lane];
  return sum;
}

inline Vector nearest_integer(Vector x) {
#if defined(__AVX512F__)
  return (Vector)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT);
#elif defined(__AVX2__)
  return (Vector)_mm256_round_ps(
      (__m256)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
  for (int lane = 0; lane < LANES; ++lane) x[lane] = __builtin_rintf(x[lane]);
  return x;
#endif
}

// The Taylor series of cos(2 pi t) in t^2 from assay.nn.ops._periodic, highest power
// first.
constexpr float kCosineTerms[] = {-0.036382843f, 0.28200597f, -1.7143908f, 7.9035363f,
                                  -26.426256f,   60.24464f,   -85.45682f,  64.93939f,
                                  -19.739208f,   1.0f};

inline Vector cosine(Vector turns) {
  const Vector part = turns - nearest_integer(turns);
  const Vector square = part * part;
  Vector value = Vector{} + kCosineTerms[0];
#pragma GCC unroll 16
  for (int i = 1; i < 10; ++i) value = value * square + kCosineTerms[i];
  return value;
}

// Also compute the derivative of the series.
inline Vector cosine(Vector turns, Vector& derivative) {
  const Vector part = turns - nearest_integer(turns);
  const Vector square = part * part;
  Vector value = Vector{} + kCosineTerms[0], slope = {};
#pragma GCC unroll 16
  for (int i = 1; i < 10; ++i) {
    slope = slope * square + value;
    value = value * square + kCosineTerms[i];
  }
  derivative = 2.0f * part * slope;
  return value;
}

template <int U>
void periodic_of(const PeriodicTask& task) {
  for (int64_t i = 0; i < task.rows; i += LANES) {
    const int64_t here = least(LANES, task.rows - i);
    Vector x = {}, sum[U] = {};
    for (int64_t r = 0; r < here; ++r) x[r] = task.numbers[(i + r) * task.step];
    for (int64_t k = 0; k < task.frequencies; ++k) {
      const Vector value = cosine(task.frequency[k] * x + task.phase[k]);
#pragma GCC unroll 4
      for (int u = 0; u < U; ++u) sum[u] += value * task.mixture[k * U + u];
    }
    for (int64_t r = 0; r < here; ++r) {
      float* functions = task.functions + (i + r) * task.step * U;
      for (int u = 0; u < U; ++u) functions[u] = sum[u][r];
    }
  }
}

void periodic(const PeriodicTask& task) {
  switch (task.units) {
    case 1: return periodic_of<1>(task);
    case 2: return periodic_of<2>(task);
    case 3: return periodic_of<3>(task);
    case 4: return periodic_of<4>(task);
  }
}

template <int U>
void periodic_gradient_of(const PeriodicTask& task,
                          const PeriodicGradients& gradients) {
  // columns of numbers, their gradient and U gradients, padded with zeros
  const int64_t size = padded(task.rows);
  float* numbers = gradients.scratch;
  float* back = numbers + size;
  float* given = back + size;
  memset(numbers, 0, (U + 2) * size * sizeof(float));
  for (int64_t i = 0; i < task.rows; ++i) {
    numbers[i] = task.numbers[i * task.step];
    for (int u = 0; u < U; ++u) {
      given[u * size + i] = gradients.functions[i * task.step * U + u];
    }
  }
  for (int64_t k = 0; k < task.frequencies; ++k) {
    Vector frequency = {}, phase = {}, mixture[U] = {};
    for (int64_t i = 0; i < size; i += LANES) {
      const Vector x = load(numbers + i);
      Vector slope, sent = {};
      const Vector value = cosine(task.frequency[k] * x + task.phase[k], slope);
#pragma GCC unroll 4
      for (int u = 0; u < U; ++u) {
        const Vector g = load(given + u * size + i);
        mixture[u] += value * g;
        sent += g * task.mixture[k * U + u];
      }
      slope *= sent;
      phase += slope;
      frequency += slope * x;
      store(back + i, load(back + i) + slope * task.frequency[k]);
    }
    gradients.frequency[k] = added_up(frequency);
    gradients.phase[k] = added_up(phase);
    for (int u = 0; u < U; ++u) gradients.mixture[k * U + u] = added_up(mixture[u]);
  }
  for (int64_t i = 0; i < task.rows; ++i) gradients.numbers[i * task.step] = back[i];
}

void periodic_gradient(const PeriodicTask& task, const PeriodicGradients& gradients) {
  switch (task.units) {
    case 1: return periodic_gradient_of<1>(task, gradients);
    case 2: return periodic_gradient_of<2>(task, gradients);
    case 3: return periodic_gradient_of<3>(task, gradients);
    case 4: return periodic_gradient_of<4>(task, gradients);
  }
}
