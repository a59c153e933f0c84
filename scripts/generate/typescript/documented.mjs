// What PyTorch's documentation has pages for, beyond what the names themselves tell.

/** @param {string} text */
const names = (text) => new Set(text.trim().split(/\s+/));

/** Functions of torch that are documented as methods only. */
export const DOCUMENTED_AS_METHODS = names(`
detach get_device index_fill index_put int_repr is_neg is_signed masked_fill masked_scatter put q_per_channel_axis
q_per_channel_scales q_per_channel_zero_points q_scale q_zero_point
`);

/** Public functions of torch without a page. */
export const UNDOCUMENTED_FUNCTIONS = names(`
affine_grid_generator alpha_dropout_ batch_norm_backward_elemt batch_norm_backward_reduce batch_norm_elemt
batch_norm_gather_stats batch_norm_gather_stats_with_counts batch_norm_stats batch_norm_update_stats binomial
ccol_indices_copy choose_qparams_optimized clamp_max clamp_max_ clamp_min clamp_min_ constant_pad_nd convolution
cudnn_affine_grid_generator cudnn_batch_norm cudnn_convolution cudnn_convolution_add_relu cudnn_convolution_relu
cudnn_convolution_transpose cudnn_grid_sampler cudnn_is_acceptable dropout_ dsmm embedding_renorm_ empty_quantized
fbgemm_linear_fp16_weight fbgemm_linear_fp16_weight_fp32_activation fbgemm_linear_int8_weight
fbgemm_linear_int8_weight_fp32_activation fbgemm_linear_quantize_weight fbgemm_pack_gemm_matrix_fp16
fbgemm_pack_quantized_matrix feature_alpha_dropout_ feature_dropout feature_dropout_ fill frobenius_norm
fused_moving_avg_obs_fake_quant grid_sampler grid_sampler_2d grid_sampler_3d gru gru_cell hsmm is_distributed
is_same_size is_vulkan_available lstm lstm_cell miopen_batch_norm miopen_convolution miopen_convolution_add_relu
miopen_convolution_relu miopen_convolution_transpose miopen_ctc_loss miopen_depthwise_convolution miopen_rnn
mkldnn_adaptive_avg_pool2d mkldnn_convolution mkldnn_linear_backward_weights mkldnn_max_pool2d mkldnn_max_pool3d
mkldnn_rnn_layer native_batch_norm native_dropout native_group_norm native_layer_norm native_norm norm_except_dim
nuclear_norm quantized_gru_cell quantized_lstm_cell quantized_max_pool3d quantized_rnn_relu_cell
quantized_rnn_tanh_cell resize_as_sparse_ rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell row_indices_copy rsub saddmm
scalar_tensor slice_inverse split_with_sizes spmm sym_constrain_range sym_constrain_range_for_size unique_dim
unsafe_split_with_sizes
`);

/** Public methods without a page. */
export const UNDOCUMENTED_METHODS = names(`
ccol_indices clamp_max clamp_max_ clamp_min clamp_min_ hash_tensor index_reduce is_distributed is_nonzero
is_same_size log_softmax prelu relu relu_ resize_as_sparse_ row_indices slice_inverse split_with_sizes
unsafe_split_with_sizes
`);

/** Names with a page under torch.nn.functional. */
export const DOCUMENTED_FUNCTIONALS = names(`
adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d alpha_dropout
avg_pool2d avg_pool3d batch_norm binary_cross_entropy binary_cross_entropy_with_logits celu cosine_embedding_loss
ctc_loss dropout elu elu_ embedding embedding_bag feature_alpha_dropout fractional_max_pool2d fractional_max_pool3d
gelu glu group_norm hardsigmoid hardswish hardtanh hardtanh_ hinge_embedding_loss huber_loss instance_norm kl_div
l1_loss layer_norm leaky_relu leaky_relu_ linear log_softmax margin_ranking_loss max_pool1d max_pool1d_with_indices
max_pool2d max_pool2d_with_indices max_pool3d max_pool3d_with_indices max_unpool2d max_unpool3d mish mse_loss
multi_margin_loss multilabel_margin_loss nll_loss one_hot pad poisson_nll_loss relu relu6 rms_norm rrelu
scaled_dot_product_attention selu silu smooth_l1_loss soft_margin_loss softplus softshrink threshold
triplet_margin_loss
`);
