// A workload: prepared once, then run for as many iterations as asked.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <string>
#include <vector>

namespace bench {

using Run = std::function<void(std::int64_t iterations)>;

struct Workload {
  std::string name;
  std::function<Run()> prepare;
};

/// The loop is compiled together with the step, so that nothing but the step is measured.
template <typename Step>
Run loop(Step step) {
  return [step](std::int64_t iterations) mutable {
    for (std::int64_t i = 0; i < iterations; i++) step();
  };
}

std::vector<Workload> operations();
std::vector<Workload> training();
std::vector<Workload> inference();
std::vector<Workload> optimizers();
std::vector<Workload> data();

}  // namespace bench
