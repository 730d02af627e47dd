// The steps of an iteration other than the layers: selecting batches from the data,
// splitting the vector of small parameters, and Adam's update.
//
// If several members are trained together, their arrays have one part per member.
#pragma once

#include <array>

#include "convolution.h"

namespace assay {

// The rule of each member as seven numbers in the order of AdamTask, and the parts of
// an array with `count` numbers before and after the update.
struct AdamUpdate {
  const float* rules;  // (members, 7)
  int64_t members;
  int64_t count;
  const float* parameters;
  const float* gradient;
  const float* mean;
  const float* square;
  float* new_parameters;
  float* new_mean;
  float* new_square;
};

constexpr int64_t kAdamNumbers = 7;

void adam_update(Engine engine, const AdamUpdate& update);

// Rows to copy from an array. Row i of the target is row rows[i] of the source, clipped
// to [0, last_row] as in XLA. The part of member i / n starts at offsets[member] bytes.
struct RowCopy {
  const int32_t* rows;
  int64_t n;               // rows per member
  int64_t members;
  const char* source;
  const int64_t* offsets;  // (members,), bytes
  int64_t last_row;
  int64_t row_bytes;
  char* target;
};

void copy_rows(Engine engine, const RowCopy& copy);

}  // namespace assay
