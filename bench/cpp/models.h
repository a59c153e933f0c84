// The models that training and inference share.
#pragma once

#include <torch/torch.h>

namespace bench {

namespace nn = torch::nn;

inline nn::Sequential mlp() { return nn::Sequential(nn::Linear(10, 32), nn::ReLU(), nn::Linear(32, 1)); }

struct CNNImpl : nn::Module {
  nn::Conv2d conv1{register_module("conv1", nn::Conv2d(1, 10, 5))};
  nn::Conv2d conv2{register_module("conv2", nn::Conv2d(10, 20, 5))};
  nn::Linear fc1{register_module("fc1", nn::Linear(320, 50))};
  nn::Linear fc2{register_module("fc2", nn::Linear(50, 10))};

  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(torch::max_pool2d(conv1(x), 2));
    x = torch::relu(torch::max_pool2d(conv2(x), 2));
    x = torch::relu(fc1(x.view({-1, 320})));
    return torch::log_softmax(fc2(x), 1);
  }
};
TORCH_MODULE(CNN);

/// A recurrent cell written by hand, as in the tutorial on classifying names.
struct CharRNNImpl : nn::Module {
  std::int64_t hidden;
  nn::Linear i2h;
  nn::Linear h2o;

  CharRNNImpl(std::int64_t letters, std::int64_t hidden, std::int64_t categories)
      : hidden(hidden),
        i2h(register_module("i2h", nn::Linear(letters + hidden, hidden))),
        h2o(register_module("h2o", nn::Linear(hidden, categories))) {}

  std::pair<torch::Tensor, torch::Tensor> forward(const torch::Tensor& letter, torch::Tensor state) {
    state = torch::tanh(i2h(torch::cat({letter, state}, 1)));
    return {torch::log_softmax(h2o(state), 1), state};
  }
};
TORCH_MODULE(CharRNN);

struct LanguageModelImpl : nn::Module {
  nn::Embedding embedding;
  nn::LSTM lstm;
  nn::Linear decoder;

  explicit LanguageModelImpl(std::int64_t words)
      : embedding(register_module("embedding", nn::Embedding(words, 32))),
        lstm(register_module("lstm", nn::LSTM(32, 64))),
        decoder(register_module("decoder", nn::Linear(64, words))) {}

  torch::Tensor forward(const torch::Tensor& x) { return decoder(std::get<0>(lstm(embedding(x)))); }
};
TORCH_MODULE(LanguageModel);

inline nn::TransformerEncoder transformer() {
  const auto layer = nn::TransformerEncoderLayerOptions(32, 2).dim_feedforward(64);
  return nn::TransformerEncoder(nn::TransformerEncoderOptions(nn::TransformerEncoderLayer(layer), 2));
}

inline nn::Sequential q_network() {
  return nn::Sequential(nn::Linear(4, 128), nn::ReLU(), nn::Linear(128, 128), nn::ReLU(), nn::Linear(128, 2));
}

}  // namespace bench
