// TorchScript's values and JavaScript's.
#pragma once

#include <ATen/core/jit_type.h>

#include "../environment.h"

namespace tsorch {

/// Reads the next value as that type. A type error when it is none.
c10::IValue read_value(FrameReader& in, const c10::TypePtr& type);

/// What a list without a declared type is.
enum class Lists { kLists, kTuples };

/// Reads the next value as the type it seems to have.
c10::IValue read_inferred(FrameReader& in, Lists lists);

void write_value(FrameWriter& out, const c10::IValue& value);

}  // namespace tsorch
