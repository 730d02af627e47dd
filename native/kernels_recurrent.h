// Cells of recurrent layers. Part of kernels_body.h.

typedef int32_t Integers __attribute__((vector_size(LANES * sizeof(int32_t))));

inline Vector select(Integers mask, Vector a, Vector b) {
  return (Vector)((mask & (Integers)a) | (~mask & (Integers)b));
}

// exp(x) for x in [-87, 87], accurate to about 2 units in the last place, based on
// x = k ln 2 + r and a polynomial in r. The coefficients and the two parts of ln 2 are
// from expf.c in Stephen L. Moshier's Cephes Mathematical Library, release 2.2, 1992
// (https://www.netlib.org/cephes/).
inline Vector exponential(Vector x) {
  const Vector limit = {} ;
  x = select(x > limit + 87.0f, limit + 87.0f, x);
  x = select(x < limit - 87.0f, limit - 87.0f, x);
  // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number.
  const Vector magic = limit + 12582912.0f;
  const Vector shifted = x * 1.44269504f + magic;
  const Integers k = (Integers)shifted - (Integers)magic;
  const Vector whole = shifted - magic;
  const Vector r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  Vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  return p * (Vector)((k + 127) << 23);
}

inline Vector sigmoid(Vector x) { return 1.0f / (1.0f + exponential(-x)); }

// The formula, the limit of 0.625 and the coefficients are from tanhf.c in Cephes (see
// above). The polynomial keeps the relative error small near 0.
inline Vector hyperbolic_tangent(Vector x) {
  const Vector zero = {};
  const Vector size = select(x < zero, -x, x);
  const Vector far = 1.0f - 2.0f / (exponential(2.0f * size) + 1.0f);
  const Vector z = x * x;
  Vector p = z * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const Vector near = p * z * x + x;
  return select(size < zero + 0.625f, near, select(x < zero, -far, far));
}

void lstm(const LstmCell& task) {
  const int64_t h = task.size;
  for (int64_t j = 0; j < h; j += LANES) {
    const int64_t left = h - j;
    float* gates = task.gates + j;
    const float* x = task.projected + j;
    const float* s = task.recurrent + j;
    const auto sum = [&](int64_t at) {
      return load_part(x + at, left) + load_part(s + at, left);
    };
    const Vector i = sigmoid(sum(0));
    const Vector f = sigmoid(sum(h));
    const Vector g = hyperbolic_tangent(sum(2 * h));
    const Vector o = sigmoid(sum(3 * h));
    const Vector cell = f * load_part(task.before + j, left) + i * g;
    store_part(gates, i, left);
    store_part(gates + h, f, left);
    store_part(gates + 2 * h, g, left);
    store_part(gates + 3 * h, o, left);
    store_part(task.cell + j, cell, left);
    store_part(task.state + j, o * hyperbolic_tangent(cell), left);
  }
}

void lstm_gradient(const LstmCellGradient& task) {
  const int64_t h = task.size;
  for (int64_t j = 0; j < h; j += LANES) {
    const int64_t left = h - j;
    const float* gates = task.gates + j;
    float* to_gates = task.gates_gradient + j;
    const Vector i = load_part(gates, left);
    const Vector f = load_part(gates + h, left);
    const Vector g = load_part(gates + 2 * h, left);
    const Vector o = load_part(gates + 3 * h, left);
    const Vector bent = hyperbolic_tangent(load_part(task.cell + j, left));
    const Vector ds = load_part(task.state_gradient + j, left);
    const Vector dc =
        load_part(task.cell_gradient + j, left) + ds * o * (1.0f - bent * bent);
    store_part(to_gates, dc * g * i * (1.0f - i), left);
    store_part(to_gates + h,
               dc * load_part(task.before + j, left) * f * (1.0f - f), left);
    store_part(to_gates + 2 * h, dc * i * (1.0f - g * g), left);
    store_part(to_gates + 3 * h, ds * bent * o * (1.0f - o), left);
    store_part(task.cell_gradient + j, dc * f, left);
  }
}

void gru(const GruCell& task) {
  const int64_t h = task.size;
  for (int64_t j = 0; j < h; j += LANES) {
    const int64_t left = h - j;
    float* gates = task.gates + j;
    const float* x = task.projected + j;
    const float* s = task.recurrent + j;
    const Vector r = sigmoid(load_part(x, left) + load_part(s, left));
    const Vector z = sigmoid(load_part(x + h, left) + load_part(s + h, left));
    const Vector inner = load_part(s + 2 * h, left);
    const Vector n =
        hyperbolic_tangent(load_part(x + 2 * h, left) + r * inner);
    const Vector before = load_part(task.before + j, left);
    store_part(gates, r, left);
    store_part(gates + h, z, left);
    store_part(gates + 2 * h, n, left);
    store_part(task.inner + j, inner, left);
    store_part(task.state + j, n + z * (before - n), left);
  }
}

void gru_gradient(const GruCellGradient& task) {
  const int64_t h = task.size;
  for (int64_t j = 0; j < h; j += LANES) {
    const int64_t left = h - j;
    const float* gates = task.gates + j;
    float* to_x = task.projected_gradient + j;
    float* to_s = task.recurrent_gradient + j;
    const Vector r = load_part(gates, left);
    const Vector z = load_part(gates + h, left);
    const Vector n = load_part(gates + 2 * h, left);
    const Vector ds = load_part(task.state_gradient + j, left);
    const Vector dn = ds * (1.0f - z) * (1.0f - n * n);
    const Vector dr = dn * load_part(task.inner + j, left) * r * (1.0f - r);
    const Vector dz =
        ds * (load_part(task.before + j, left) - n) * z * (1.0f - z);
    store_part(to_x, dr, left);
    store_part(to_x + h, dz, left);
    store_part(to_x + 2 * h, dn, left);
    store_part(to_s, dr, left);
    store_part(to_s + h, dz, left);
    store_part(to_s + 2 * h, dn * r, left);
    store_part(task.direct + j, ds * z, left);
  }
}
