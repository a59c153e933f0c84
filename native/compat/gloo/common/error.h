// Included by libtorch's ProcessGroupGloo.hpp, which needs nothing of it; libtorch's wheel lacks gloo's headers.
#pragma once
