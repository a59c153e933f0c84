// Single operations on small tensors.
#include "workload.h"

namespace bench {

using namespace torch::indexing;

std::vector<Workload> operations() {
  const auto x = torch::randn({2, 2});
  const auto y = torch::randn({2, 2});
  const auto sums = torch::zeros({2, 2});
  const auto rows = torch::randn({4, 4});
  const auto mask = rows > 0;
  const auto places = torch::arange(4).unsqueeze(1);
  const auto weights = torch::randn({2, 2}, torch::requires_grad());
  const auto one = torch::tensor(1.5);
  return {
      {"add", [=] { return loop([=] { return x + y; }); }},
      {"mul", [=] { return loop([=] { return x * y; }); }},
      {"matmul", [=] { return loop([=] { return x.matmul(y); }); }},
      {"add_", [=] { return loop([=] { return sums.add_(y); }); }},
      {"view", [=] { return loop([=] { return x.view({4}); }); }},
      {"transpose", [=] { return loop([=] { return x.transpose(0, 1); }); }},
      {"detach", [=] { return loop([=] { return x.detach(); }); }},
      {"data", [=] { return loop([=] { return x.variable_data(); }); }},
      {"sum", [=] { return loop([=] { return x.sum(); }); }},
      {"sum_dim", [=] { return loop([=] { return x.sum(1); }); }},
      {"cat", [=] { return loop([=] {
                      return torch::cat({x, y, x});
                    }); }},
      {"gather", [=] { return loop([=] { return rows.gather(1, places); }); }},
      {"index_integer", [=] { return loop([=] { return rows.index({1}); }); }},
      {"index_slice", [=] { return loop([=] { return rows.index({Slice(1, 3)}); }); }},
      {"index_mask", [=] { return loop([=] { return rows.index({mask}); }); }},
      {"relu_grad", [=] { return loop([=] { return torch::relu(weights); }); }},
      {"item", [=] { return loop([=] { return one.item<float>(); }); }},
      {"tensor_number", [=] { return loop([=] { return torch::tensor(1.5f); }); }},
      {"zeros", [=] { return loop([=] {
                        return torch::zeros({2, 2});
                      }); }},
  };
}

}  // namespace bench
