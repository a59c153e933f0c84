// One training step of each model, and inference.
#include <deque>
#include <random>

#include "models.h"
#include "workload.h"

namespace bench {

namespace {

namespace F = torch::nn::functional;
namespace optim = torch::optim;
using torch::Tensor;

template <typename Optimizer, typename Options>
Run train_mlp(const Options& options) {
  auto model = mlp();
  auto optimizer = std::make_shared<Optimizer>(model->parameters(), options);
  const auto x = torch::randn({16, 10}), y = torch::randn({16, 1});
  return loop([=]() mutable {
    optimizer->zero_grad();
    F::mse_loss(model->forward(x), y).backward();
    optimizer->step();
  });
}

Run mlp_sgd() { return train_mlp<optim::SGD>(optim::SGDOptions(0.01)); }

Run mlp_adam() { return train_mlp<optim::Adam>(optim::AdamOptions(0.001)); }

Run cnn_64() {
  CNN model;
  auto optimizer = std::make_shared<optim::SGD>(model->parameters(), optim::SGDOptions(0.01).momentum(0.5));
  const auto x = torch::randn({64, 1, 28, 28}), y = torch::randint(0, 10, {64}, torch::kLong);
  return loop([=]() mutable {
    optimizer->zero_grad();
    F::nll_loss(model->forward(x), y).backward();
    optimizer->step();
  });
}

Run char_rnn() {
  CharRNN model(57, 128, 18);
  const auto name = torch::randn({8, 1, 57});
  const auto category = torch::tensor({3}, torch::kLong);
  return loop([=]() mutable {
    model->zero_grad();
    auto hidden = torch::zeros({1, model->hidden});
    Tensor output;
    for (int i = 0; i < 8; i++) std::tie(output, hidden) = model->forward(name[i], hidden);
    F::nll_loss(output, category).backward();
    for (auto& p : model->parameters()) p.data().add_(p.grad(), -0.005);
  });
}

Run lstm_35() {
  LanguageModel model(50);
  auto optimizer = std::make_shared<optim::SGD>(model->parameters(), optim::SGDOptions(0.1));
  const auto x = torch::randint(0, 50, {35, 8}, torch::kLong), y = torch::randint(0, 50, {35 * 8}, torch::kLong);
  return loop([=]() mutable {
    optimizer->zero_grad();
    F::cross_entropy(model->forward(x).view({-1, 50}), y).backward();
    nn::utils::clip_grad_norm_(model->parameters(), 0.25);
    optimizer->step();
  });
}

Run transformer_2() {
  auto model = transformer();
  auto optimizer = std::make_shared<optim::SGD>(model->parameters(), optim::SGDOptions(0.01));
  const auto x = torch::randn({16, 4, 32}), y = torch::randn({16, 4, 32});
  return loop([=]() mutable {
    optimizer->zero_grad();
    F::mse_loss(model->forward(x), y).backward();
    optimizer->step();
  });
}

/// As in the tutorial: act, remember, replay a batch, clip, and let the target network follow.
class DQN {
 public:
  DQN() { copy(1); }

  void step() {
    act();
    learn();
    copy(0.005);
  }

 private:
  struct Transition {
    Tensor state, action, next_state, reward;
  };

  void act() {
    Tensor action;
    {
      torch::NoGradGuard no_grad;
      action = std::get<1>(policy_->forward(state_).max(1)).view({1, 1});
    }
    const double force = action.item<std::int64_t>() - 0.5;
    auto next_state = torch::tensor({force, 0.1, -force, uniform_(random_)}, torch::kFloat).unsqueeze(0);
    if (memory_.size() == 1000) memory_.pop_front();
    memory_.push_back({state_, action, next_state, torch::tensor({1.0f})});
    state_ = next_state;
  }

  void learn() {
    std::vector<Tensor> states, actions, next_states, rewards;
    for (int i = 0; i < 128; i++) {
      const Transition& each = memory_[random_() % memory_.size()];
      states.push_back(each.state);
      actions.push_back(each.action);
      next_states.push_back(each.next_state);
      rewards.push_back(each.reward);
    }
    const auto values = policy_->forward(torch::cat(states)).gather(1, torch::cat(actions));
    Tensor next_values;
    {
      torch::NoGradGuard no_grad;
      next_values = std::get<0>(target_->forward(torch::cat(next_states)).max(1));
    }
    const auto loss = F::smooth_l1_loss(values, (next_values * 0.99 + torch::cat(rewards)).unsqueeze(1));
    optimizer_.zero_grad();
    loss.backward();
    nn::utils::clip_grad_value_(policy_->parameters(), 100);
    optimizer_.step();
  }

  /// The target network moves this far towards the policy network.
  void copy(double share) {
    torch::NoGradGuard no_grad;
    const auto from = policy_->parameters();
    auto to = target_->parameters();
    for (std::size_t i = 0; i < to.size(); i++) to[i].copy_(from[i] * share + to[i] * (1 - share));
  }

  nn::Sequential policy_ = q_network();
  nn::Sequential target_ = q_network();
  optim::AdamW optimizer_{policy_->parameters(), optim::AdamWOptions(1e-4).amsgrad(true)};
  std::deque<Transition> memory_;
  Tensor state_ = torch::randn({1, 4});
  std::mt19937 random_;
  std::uniform_real_distribution<double> uniform_;
};

Run dqn() {
  return loop([agent = std::make_shared<DQN>()] { agent->step(); });
}

template <typename Model>
Run infer(Model model, const Tensor& x) {
  return loop([=]() mutable {
    torch::NoGradGuard no_grad;
    model->forward(x);
  });
}

Run mlp_1() { return infer(mlp(), torch::randn({1, 10})); }

Run cnn_1() { return infer(CNN(), torch::randn({1, 1, 28, 28})); }

}  // namespace

std::vector<Workload> training() {
  return {{"mlp_sgd", mlp_sgd}, {"mlp_adam", mlp_adam},           {"cnn_64", cnn_64}, {"char_rnn", char_rnn},
          {"lstm_35", lstm_35}, {"transformer_2", transformer_2}, {"dqn", dqn}};
}

std::vector<Workload> inference() { return {{"mlp_1", mlp_1}, {"cnn_1", cnn_1}}; }

}  // namespace bench
