// libtorch's engine with the two things it asks a language binding for.
#pragma once

namespace tsorch {

/// Makes ours the engine of the process; libtorch has one. Calls after the first do nothing.
void install_engine();

}  // namespace tsorch
