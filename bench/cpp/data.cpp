// Arrays in and out, and loading.
#include "workload.h"

namespace bench {

namespace {

using torch::Tensor;
using Rows = std::vector<std::vector<double>>;

Run tensor_nested() {
  Rows rows(1000, std::vector<double>(100));
  for (int i = 0; i < 1000; i++) {
    for (int j = 0; j < 100; j++) rows[i][j] = i + j / 100.0;
  }
  return loop([=] {
    auto x = torch::empty({1000, 100});
    float* at = x.mutable_data_ptr<float>();
    for (const auto& row : rows) {
      for (const double value : row) *at++ = static_cast<float>(value);
    }
    return x;
  });
}

Run tensor_typed() {
  const std::vector<float> array(100'000, 1.0f);
  return loop([=] { return torch::from_blob(const_cast<float*>(array.data()), {1000, 100}).clone(); });
}

Run tolist() {
  const auto x = torch::randn({1000, 100});
  return loop([=] {
    Rows rows(1000, std::vector<double>(100));
    const float* at = x.const_data_ptr<float>();
    for (auto& row : rows) {
      for (double& value : row) value = *at++;
    }
    return rows;
  });
}

Run typed_array() {
  const auto x = torch::randn({1000, 100});
  return loop([=] {
    TORCH_CHECK(!x.requires_grad() && x.is_contiguous() && x.scalar_type() == torch::kFloat);
    return std::make_pair(x.storage(), x.mutable_data_ptr<float>());
  });
}

class TensorDataset : public torch::data::datasets::Dataset<TensorDataset> {
 public:
  TensorDataset(Tensor x, Tensor y) : x_(std::move(x)), y_(std::move(y)) {}
  torch::data::Example<> get(std::size_t index) override {
    const auto i = static_cast<std::int64_t>(index);
    return {x_[i], y_[i]};
  }
  std::optional<std::size_t> size() const override { return x_.size(0); }

 private:
  Tensor x_, y_;
};

Run dataloader() {
  auto dataset =
      TensorDataset(torch::randn({10'000, 10}), torch::randn({10'000, 1})).map(torch::data::transforms::Stack<>());
  const auto loader = std::shared_ptr(torch::data::make_data_loader<torch::data::samplers::RandomSampler>(
      std::move(dataset), torch::data::DataLoaderOptions().batch_size(10)));
  return loop([=] {
    for (const auto& batch : *loader) TORCH_CHECK(batch.data.defined());
  });
}

}  // namespace

std::vector<Workload> data() {
  return {{"tensor_nested", tensor_nested},
          {"tensor_typed", tensor_typed},
          {"tolist", tolist},
          {"typed_array", typed_array},
          {"dataloader", dataloader}};
}

}  // namespace bench
