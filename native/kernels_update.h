// Rules of optimizers; part of kernels_body.h.

inline Vector square_root(Vector x) {
#if defined(__AVX512F__)
  return (Vector)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
  return (Vector)_mm256_sqrt_ps((__m256)x);
#else
  for (int lane = 0; lane < LANES; ++lane) x[lane] = __builtin_sqrtf(x[lane]);
  return x;
#endif
}

void adam(const AdamTask& task) {
  for (int64_t j = 0; j < task.count; j += LANES) {
    const int64_t left = task.count - j;
    const Vector g = load_part(task.gradient + j, left);
    const Vector p = load_part(task.parameters + j, left);
    const Vector m = task.beta1 * load_part(task.mean + j, left) +
                     (1.0f - task.beta1) * g;
    const Vector v = task.beta2 * load_part(task.square + j, left) +
                     (1.0f - task.beta2) * (g * g);
    const Vector size = square_root(v * task.square_scale) + task.epsilon;
    const Vector direction = m * task.mean_scale / size + task.decay * p;
    store_part(task.new_mean + j, m, left);
    store_part(task.new_square + j, v, left);
    store_part(task.new_parameters + j, p - task.rate * direction, left);
  }
}
