#!/usr/bin/env bash
# In the unpacked archive of `npm run offline`: builds the addon against the torch of this machine's Python, runs the
# suites with tensors on its accelerator, and the benchmark beside Python's PyTorch. Needs g++, CMake and that Python.
#
#   bash scripts/offline/run.sh [suites|bench|shell ...]     default: suites, then bench
#
# PYTHON       the interpreter (default: python3)
# BENCH_FLAGS  options of scripts/bench/index.mjs (default: --rounds 9)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PATH="$PWD/bin:$PATH"
export PYTHON=${PYTHON:-python3}

build() {
  local libtorch
  libtorch=$("$PYTHON" -c 'import os, torch; print(os.path.dirname(torch.__file__))')
  "$PYTHON" -c 'import torch; print("torch", torch.__version__, "on", torch.cuda.get_device_name() if torch.cuda.is_available() else "the CPU")'
  node scripts/generate/index.mjs --libtorch "$libtorch" # the operators of this torch, not of the one it was packed with
  cp lib/generated/operators.json dist/generated/
  cmake -S . -B build -DLIBTORCH="$libtorch" -DNODE_INCLUDE_DIR="$PWD/node_modules/node-api-headers/include"
  cmake --build build --parallel "$(nproc)"
}

device() {
  node -p "require('tsorch').accelerator.current_accelerator(true)?.type ?? ''"
}

# The suites of devices, memory and training; those of set-up and packaging need a registry.
suites() {
  # Each process of jest loads libtorch and a CUDA context: 4 GB.
  node node_modules/jest/bin/jest.js --maxWorkers=6 out/test/{devices,memory,autograd,optim,nn,func,amp,tensor,operators,serialization}
}

bench() {
  local flags=()
  [[ -z $(device) ]] || flags=(--device "$(device)")
  # shellcheck disable=SC2086 # BENCH_FLAGS is a list
  node scripts/bench/index.mjs "${flags[@]}" ${BENCH_FLAGS:---rounds 9}
}

shell() {
  node --require tsorch -i
}

build
(($#)) || set -- suites bench
failed=()
for step in "$@"; do
  "$step" || failed+=("$step")
done
((${#failed[@]} == 0)) || { echo "failed: ${failed[*]}" && exit 1; }
