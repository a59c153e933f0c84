// Optimizers: each native step updates all parameters of a group that have gradients.
//
// Arguments of a step: the parameters with their state (Group), the optimizer's options in the order of its
// lib/optim file. Result: the state that the step made (Group::write_new_state).
#pragma once

#include "../environment.h"

namespace tsorch {

/// (parameters, set to none)
void optim_zero_grad(Environment&, FrameReader&, FrameWriter&);

void optim_adadelta(Environment&, FrameReader&, FrameWriter&);
void optim_adafactor(Environment&, FrameReader&, FrameWriter&);
void optim_adagrad(Environment&, FrameReader&, FrameWriter&);
void optim_adam(Environment&, FrameReader&, FrameWriter&);
void optim_adamax(Environment&, FrameReader&, FrameWriter&);
void optim_asgd(Environment&, FrameReader&, FrameWriter&);
void optim_muon(Environment&, FrameReader&, FrameWriter&);
void optim_nadam(Environment&, FrameReader&, FrameWriter&);
void optim_radam(Environment&, FrameReader&, FrameWriter&);
void optim_rmsprop(Environment&, FrameReader&, FrameWriter&);
void optim_rprop(Environment&, FrameReader&, FrameWriter&);
void optim_sgd(Environment&, FrameReader&, FrameWriter&);
void optim_sparse_adam(Environment&, FrameReader&, FrameWriter&);

// lbfgs.cpp
/// (parameters) -> their gradients in one vector
void optim_flat_grad(Environment&, FrameReader&, FrameWriter&);
/// (parameters, vector, step) adds the vector's parts to the parameters, `step` times
void optim_add_flat(Environment&, FrameReader&, FrameWriter&);
/// (gradient, changes of the gradient, steps, one over their products, diagonal) -> direction, a weight a step
void optim_lbfgs_direction(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
