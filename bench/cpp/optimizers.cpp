// Steps over a hundred small parameters, and clipping their gradients.
#include "workload.h"

namespace bench {

namespace {

namespace optim = torch::optim;
using torch::Tensor;

std::vector<Tensor> parameters() {
  std::vector<Tensor> made;
  for (int i = 0; i < 100; i++) {
    made.push_back(torch::randn({16, 16}).requires_grad_());
    made.back().mutable_grad() = torch::randn({16, 16});
  }
  return made;
}

template <typename Optimizer, typename Options>
std::function<Run()> step(const Options& options) {
  return [=] { return loop([optimizer = std::make_shared<Optimizer>(parameters(), options)] { optimizer->step(); }); };
}

Run clip_100() {
  return loop([clipped = parameters()] { torch::nn::utils::clip_grad_norm_(clipped, 0.5); });
}

}  // namespace

std::vector<Workload> optimizers() {
  return {{"sgd_100", step<optim::SGD>(optim::SGDOptions(1e-3))},
          {"momentum_100", step<optim::SGD>(optim::SGDOptions(1e-3).momentum(0.9))},
          {"adam_100", step<optim::Adam>(optim::AdamOptions(1e-3))},
          {"adamw_100", step<optim::AdamW>(optim::AdamWOptions(1e-3))},
          {"rmsprop_100", step<optim::RMSprop>(optim::RMSpropOptions(1e-3))},
          {"clip_100", clip_100}};
}

}  // namespace bench
