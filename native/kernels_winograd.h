// Winograd's transforms for 3x3 kernels. Part of kernels_body.h.
//
// F(2x2, 3x3) of Lavin and Gray, "Fast algorithms for convolutional neural
// networks", 2015: y = A' [(G w G') . (B' x B)] A, with a 4x4 tile x and a 2x2 tile y.

// B' x for one column of a tile, from four numbers to four.
inline void spread_input(Vector& a, Vector& b, Vector& c, Vector& d) {
  const Vector first = a - c, second = b + c, third = c - b, fourth = b - d;
  a = first, b = second, c = third, d = fourth;
}

void winograd_input(const WinogradRow& task, const float* image, float* planes) {
  for (int64_t t = 0; t < task.tiles; ++t) {
    const float* corner = image + 2 * t * task.image_place;
    for (int64_t j = 0; j < task.channels; j += LANES) {
      const int64_t left = task.channels - j;
      Vector x[4][4];
#pragma GCC unroll 4
      for (int a = 0; a < 4; ++a) {
#pragma GCC unroll 4
        for (int b = 0; b < 4; ++b) {
          x[a][b] = load_part(
              corner + a * task.image_row + b * task.image_place + j, left);
        }
      }
#pragma GCC unroll 4
      for (int b = 0; b < 4; ++b) spread_input(x[0][b], x[1][b], x[2][b], x[3][b]);
      float* to = planes + t * task.width + j;
#pragma GCC unroll 4
      for (int a = 0; a < 4; ++a) {
        spread_input(x[a][0], x[a][1], x[a][2], x[a][3]);
#pragma GCC unroll 4
        for (int b = 0; b < 4; ++b) {
          store_part(to + (4 * a + b) * task.plane, x[a][b], left);
        }
      }
    }
  }
}

// A' m for one column, from four numbers to two.
inline void gather_output(Vector& a, Vector& b, Vector c, Vector d) {
  const Vector first = a + b + c, second = b - c - d;
  a = first, b = second;
}

void winograd_output(const WinogradRow& task, const float* planes, float* image) {
  for (int64_t t = 0; t < task.tiles; ++t) {
    float* corner = image + 2 * t * task.image_place;
    const bool wide = 2 * t + 1 < task.columns;
    for (int64_t j = 0; j < task.channels; j += LANES) {
      const int64_t left = task.channels - j;
      const float* from = planes + t * task.width + j;
      Vector m[4][4];
#pragma GCC unroll 4
      for (int a = 0; a < 4; ++a) {
#pragma GCC unroll 4
        for (int b = 0; b < 4; ++b) {
          m[a][b] = load_part(from + (4 * a + b) * task.plane, left);
        }
        gather_output(m[a][0], m[a][1], m[a][2], m[a][3]);
      }
#pragma GCC unroll 2
      for (int b = 0; b < 2; ++b) {
        gather_output(m[0][b], m[1][b], m[2][b], m[3][b]);
        if (b == 1 && !wide) continue;
        float* to = corner + b * task.image_place + j;
        store_part(to, m[0][b], left);
        if (task.rows > 1) store_part(to + task.image_row, m[1][b], left);
      }
    }
  }
}

// A g for one column, from two numbers to four.
inline void spread_gradient(Vector a, Vector b, Vector out[4]) {
  out[0] = a, out[1] = a + b, out[2] = a - b, out[3] = -b;
}

void winograd_gradient(const WinogradRow& task, const float* image,
                       float* planes) {
  for (int64_t t = 0; t < task.tiles; ++t) {
    const float* corner = image + 2 * t * task.image_place;
    const bool wide = 2 * t + 1 < task.columns, high = task.rows > 1;
    for (int64_t j = 0; j < task.channels; j += LANES) {
      const int64_t left = task.channels - j;
      const float* g = corner + j;
      const float* below = g + task.image_row;
      const Vector zero = {};
      Vector columns[2][4];
      spread_gradient(load_part(g, left), high ? load_part(below, left) : zero,
                      columns[0]);
      g += task.image_place, below += task.image_place;
      spread_gradient(wide ? load_part(g, left) : zero,
                      wide && high ? load_part(below, left) : zero, columns[1]);
      float* to = planes + t * task.width + j;
#pragma GCC unroll 4
      for (int a = 0; a < 4; ++a) {
        Vector row[4];
        spread_gradient(columns[0][a], columns[1][a], row);
#pragma GCC unroll 4
        for (int b = 0; b < 4; ++b) {
          store_part(to + (4 * a + b) * task.plane, row[b], left);
        }
      }
    }
  }
}

// G w for one column, from three numbers to four.
inline void spread_weights(Vector a, Vector b, Vector c, Vector out[4]) {
  const Vector ends = 0.5f * (a + c), middle = 0.5f * b;
  out[0] = a, out[1] = ends + middle, out[2] = ends - middle, out[3] = c;
}

void winograd_weights(const float* taps, int64_t tap, int64_t count,
                      float* planes, int64_t plane) {
  assert(plane >= padded(count));
  for (int64_t j = 0; j < count; j += LANES) {
    Vector columns[3][4];
#pragma GCC unroll 3
    for (int b = 0; b < 3; ++b) {
      const float* w = taps + b * tap + j;
      spread_weights(load_part(w, count - j), load_part(w + 3 * tap, count - j),
                     load_part(w + 6 * tap, count - j), columns[b]);
    }
#pragma GCC unroll 4
    for (int a = 0; a < 4; ++a) {
      Vector row[4];
      spread_weights(columns[0][a], columns[1][a], columns[2][a], row);
#pragma GCC unroll 4
      for (int b = 0; b < 4; ++b) store(planes + (4 * a + b) * plane + j, row[b]);
    }
  }
}

// G' s for one column, from four numbers to three.
inline void gather_weights(Vector& a, Vector& b, Vector& c, Vector d) {
  const Vector sum = 0.5f * (b + c), difference = 0.5f * (b - c);
  a = a + sum, b = difference, c = sum + d;
}

void winograd_weights_gradient(const float* planes, int64_t plane, int64_t count,
                               float* taps, int64_t tap) {
  assert(plane >= padded(count));
  for (int64_t j = 0; j < count; j += LANES) {
    Vector s[4][4];
#pragma GCC unroll 4
    for (int a = 0; a < 4; ++a) {
#pragma GCC unroll 4
      for (int b = 0; b < 4; ++b) s[a][b] = load(planes + (4 * a + b) * plane + j);
      gather_weights(s[a][0], s[a][1], s[a][2], s[a][3]);
    }
#pragma GCC unroll 3
    for (int b = 0; b < 3; ++b) {
      gather_weights(s[0][b], s[1][b], s[2][b], s[3][b]);
#pragma GCC unroll 3
      for (int a = 0; a < 3; ++a) {
        store_part(taps + (3 * a + b) * tap + j, s[a][b], count - j);
      }
    }
  }
}
