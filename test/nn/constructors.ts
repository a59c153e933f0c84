/**
 * Compiled, not run: every constructor takes its required arguments by name, and nothing that it does not know. A
 * `@ts-expect-error` that finds no error fails the compilation.
 */
import { nn } from 'tsorch';

export function named(): nn.Module[] {
  return [
    new nn.AdaptiveAvgPool1d({ output_size: 1 }),
    new nn.AdaptiveAvgPool2d({ output_size: 1 }),
    new nn.AdaptiveAvgPool3d({ output_size: 1 }),
    new nn.AdaptiveLogSoftmaxWithLoss({ in_features: 2, n_classes: 10, cutoffs: [2, 5] }),
    new nn.AdaptiveMaxPool1d({ output_size: 1 }),
    new nn.AdaptiveMaxPool2d({ output_size: 1 }),
    new nn.AdaptiveMaxPool3d({ output_size: 1 }),
    new nn.AlphaDropout(),
    new nn.AvgPool1d({ kernel_size: 2 }),
    new nn.AvgPool2d({ kernel_size: 2 }),
    new nn.AvgPool3d({ kernel_size: 2 }),
    new nn.BCELoss(),
    new nn.BCEWithLogitsLoss(),
    new nn.BatchNorm1d({ num_features: 2 }),
    new nn.BatchNorm2d({ num_features: 2 }),
    new nn.BatchNorm3d({ num_features: 2 }),
    new nn.Bilinear({ in1_features: 2, in2_features: 2, out_features: 2 }),
    new nn.CELU(),
    new nn.CTCLoss(),
    new nn.ChannelShuffle({ groups: 1 }),
    new nn.CircularPad1d({ padding: 1 }),
    new nn.CircularPad2d({ padding: 1 }),
    new nn.CircularPad3d({ padding: 1 }),
    new nn.ConstantPad1d({ padding: 1, value: 1 }),
    new nn.ConstantPad2d({ padding: 1, value: 1 }),
    new nn.ConstantPad3d({ padding: 1, value: 1 }),
    new nn.Conv1d({ in_channels: 2, out_channels: 2, kernel_size: 2 }),
    new nn.Conv2d({ in_channels: 2, out_channels: 2, kernel_size: 2 }),
    new nn.Conv3d({ in_channels: 2, out_channels: 2, kernel_size: 2 }),
    new nn.ConvTranspose1d({ in_channels: 2, out_channels: 2, kernel_size: 2 }),
    new nn.ConvTranspose2d({ in_channels: 2, out_channels: 2, kernel_size: 2 }),
    new nn.ConvTranspose3d({ in_channels: 2, out_channels: 2, kernel_size: 2 }),
    new nn.CosineEmbeddingLoss(),
    new nn.CosineSimilarity(),
    new nn.CrossEntropyLoss(),
    new nn.CrossMapLRN2d({ size: 3 }),
    new nn.DataParallel({ module: new nn.ReLU() }),
    new nn.Dropout(),
    new nn.Dropout1d(),
    new nn.Dropout2d(),
    new nn.Dropout3d(),
    new nn.ELU(),
    new nn.Embedding({ num_embeddings: 3, embedding_dim: 2 }),
    new nn.EmbeddingBag({ num_embeddings: 3, embedding_dim: 2 }),
    new nn.FeatureAlphaDropout(),
    new nn.Flatten(),
    new nn.Fold({ output_size: 1, kernel_size: 2 }),
    new nn.GELU(),
    new nn.GLU(),
    new nn.GRU({ input_size: 2, hidden_size: 2 }),
    new nn.GRUCell({ input_size: 2, hidden_size: 2 }),
    new nn.GaussianNLLLoss(),
    new nn.GroupNorm({ num_groups: 2, num_channels: 2 }),
    new nn.Hardshrink(),
    new nn.Hardsigmoid(),
    new nn.Hardswish(),
    new nn.Hardtanh(),
    new nn.HingeEmbeddingLoss(),
    new nn.HuberLoss(),
    new nn.InstanceNorm1d({ num_features: 2 }),
    new nn.InstanceNorm2d({ num_features: 2 }),
    new nn.InstanceNorm3d({ num_features: 2 }),
    new nn.KLDivLoss(),
    new nn.L1Loss(),
    new nn.LPPool1d({ norm_type: 2, kernel_size: 2 }),
    new nn.LPPool2d({ norm_type: 2, kernel_size: 2 }),
    new nn.LPPool3d({ norm_type: 2, kernel_size: 2 }),
    new nn.LSTM({ input_size: 2, hidden_size: 2 }),
    new nn.LSTMCell({ input_size: 2, hidden_size: 2 }),
    new nn.LayerNorm({ normalized_shape: [2] }),
    new nn.LazyBatchNorm1d(),
    new nn.LazyBatchNorm2d(),
    new nn.LazyBatchNorm3d(),
    new nn.LazyConv1d({ out_channels: 2, kernel_size: 2 }),
    new nn.LazyConv2d({ out_channels: 2, kernel_size: 2 }),
    new nn.LazyConv3d({ out_channels: 2, kernel_size: 2 }),
    new nn.LazyConvTranspose1d({ out_channels: 2, kernel_size: 2 }),
    new nn.LazyConvTranspose2d({ out_channels: 2, kernel_size: 2 }),
    new nn.LazyConvTranspose3d({ out_channels: 2, kernel_size: 2 }),
    new nn.LazyInstanceNorm1d(),
    new nn.LazyInstanceNorm2d(),
    new nn.LazyInstanceNorm3d(),
    new nn.LazyLinear({ out_features: 2 }),
    new nn.LeakyReLU(),
    new nn.Linear({ in_features: 2, out_features: 2 }),
    new nn.LocalResponseNorm({ size: 3 }),
    new nn.LogSigmoid(),
    new nn.LogSoftmax(),
    new nn.MSELoss(),
    new nn.MarginRankingLoss(),
    new nn.MaxPool1d({ kernel_size: 2 }),
    new nn.MaxPool2d({ kernel_size: 2 }),
    new nn.MaxPool3d({ kernel_size: 2 }),
    new nn.MaxUnpool1d({ kernel_size: 2 }),
    new nn.MaxUnpool2d({ kernel_size: 2 }),
    new nn.MaxUnpool3d({ kernel_size: 2 }),
    new nn.Mish(),
    new nn.MultiLabelMarginLoss(),
    new nn.MultiLabelSoftMarginLoss(),
    new nn.MultiMarginLoss(),
    new nn.MultiheadAttention({ embed_dim: 2, num_heads: 1 }),
    new nn.NLLLoss(),
    new nn.NLLLoss2d(),
    new nn.PReLU(),
    new nn.PairwiseDistance(),
    new nn.PixelShuffle({ upscale_factor: 2 }),
    new nn.PixelUnshuffle({ downscale_factor: 2 }),
    new nn.PoissonNLLLoss(),
    new nn.RMSNorm({ normalized_shape: [2] }),
    new nn.RNN({ input_size: 2, hidden_size: 2 }),
    new nn.RNNCell({ input_size: 2, hidden_size: 2 }),
    new nn.RReLU(),
    new nn.ReLU(),
    new nn.ReLU6(),
    new nn.ReflectionPad1d({ padding: 1 }),
    new nn.ReflectionPad2d({ padding: 1 }),
    new nn.ReflectionPad3d({ padding: 1 }),
    new nn.ReplicationPad1d({ padding: 1 }),
    new nn.ReplicationPad2d({ padding: 1 }),
    new nn.ReplicationPad3d({ padding: 1 }),
    new nn.SELU(),
    new nn.SiLU(),
    new nn.Sigmoid(),
    new nn.SmoothL1Loss(),
    new nn.SoftMarginLoss(),
    new nn.Softmax(),
    new nn.Softmax2d(),
    new nn.Softmin(),
    new nn.Softplus(),
    new nn.Softshrink(),
    new nn.Softsign(),
    new nn.SyncBatchNorm({ num_features: 2 }),
    new nn.Tanh(),
    new nn.Tanhshrink(),
    new nn.Threshold({ threshold: 0, value: 1 }),
    new nn.Transformer(),
    new nn.TransformerDecoder({ decoder_layer: new nn.TransformerDecoderLayer(4, 2), num_layers: 1 }),
    new nn.TransformerDecoderLayer({ d_model: 4, nhead: 2 }),
    new nn.TransformerEncoder({ encoder_layer: new nn.TransformerEncoderLayer(4, 2), num_layers: 1 }),
    new nn.TransformerEncoderLayer({ d_model: 4, nhead: 2 }),
    new nn.TripletMarginLoss(),
    new nn.TripletMarginWithDistanceLoss(),
    new nn.Unflatten({ dim: 0, unflattened_size: [1, 2] }),
    new nn.Unfold({ kernel_size: 2 }),
    new nn.Upsample(),
    new nn.UpsamplingBilinear2d(),
    new nn.UpsamplingNearest2d(),
    new nn.ZeroPad1d({ padding: 1 }),
    new nn.ZeroPad2d({ padding: 1 }),
    new nn.ZeroPad3d({ padding: 1 }),
  ];
}

export function unknown(): nn.Module[] {
  return [
    // @ts-expect-error
    new nn.AdaptiveAvgPool1d({ output_size: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.AdaptiveAvgPool2d({ output_size: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.AdaptiveAvgPool3d({ output_size: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.AdaptiveLogSoftmaxWithLoss({ in_features: 2, n_classes: 10, cutoffs: [2, 5], bogus: 1 }),
    // @ts-expect-error
    new nn.AdaptiveMaxPool1d({ output_size: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.AdaptiveMaxPool2d({ output_size: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.AdaptiveMaxPool3d({ output_size: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.AlphaDropout({ bogus: 1 }),
    // @ts-expect-error
    new nn.AvgPool1d({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.AvgPool2d({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.AvgPool3d({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.BCELoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.BCEWithLogitsLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.BatchNorm1d({ num_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.BatchNorm2d({ num_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.BatchNorm3d({ num_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.Bilinear({ in1_features: 2, in2_features: 2, out_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.CELU({ bogus: 1 }),
    // @ts-expect-error
    new nn.CTCLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.ChannelShuffle({ groups: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.CircularPad1d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.CircularPad2d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.CircularPad3d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ConstantPad1d({ padding: 1, value: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ConstantPad2d({ padding: 1, value: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ConstantPad3d({ padding: 1, value: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.Conv1d({ in_channels: 2, out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.Conv2d({ in_channels: 2, out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.Conv3d({ in_channels: 2, out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.ConvTranspose1d({ in_channels: 2, out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.ConvTranspose2d({ in_channels: 2, out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.ConvTranspose3d({ in_channels: 2, out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.CosineEmbeddingLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.CosineSimilarity({ bogus: 1 }),
    // @ts-expect-error
    new nn.CrossEntropyLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.CrossMapLRN2d({ size: 3, bogus: 1 }),
    // @ts-expect-error
    new nn.DataParallel({ module: new nn.ReLU(), bogus: 1 }),
    // @ts-expect-error
    new nn.Dropout({ bogus: 1 }),
    // @ts-expect-error
    new nn.Dropout1d({ bogus: 1 }),
    // @ts-expect-error
    new nn.Dropout2d({ bogus: 1 }),
    // @ts-expect-error
    new nn.Dropout3d({ bogus: 1 }),
    // @ts-expect-error
    new nn.ELU({ bogus: 1 }),
    // @ts-expect-error
    new nn.Embedding({ num_embeddings: 3, embedding_dim: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.EmbeddingBag({ num_embeddings: 3, embedding_dim: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.FeatureAlphaDropout({ bogus: 1 }),
    // @ts-expect-error
    new nn.Flatten({ bogus: 1 }),
    // @ts-expect-error
    new nn.Fold({ output_size: 1, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.GELU({ bogus: 1 }),
    // @ts-expect-error
    new nn.GLU({ bogus: 1 }),
    // @ts-expect-error
    new nn.GRU({ input_size: 2, hidden_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.GRUCell({ input_size: 2, hidden_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.GaussianNLLLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.GroupNorm({ num_groups: 2, num_channels: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.Hardshrink({ bogus: 1 }),
    // @ts-expect-error
    new nn.Hardsigmoid({ bogus: 1 }),
    // @ts-expect-error
    new nn.Hardswish({ bogus: 1 }),
    // @ts-expect-error
    new nn.Hardtanh({ bogus: 1 }),
    // @ts-expect-error
    new nn.HingeEmbeddingLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.HuberLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.InstanceNorm1d({ num_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.InstanceNorm2d({ num_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.InstanceNorm3d({ num_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.KLDivLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.L1Loss({ bogus: 1 }),
    // @ts-expect-error
    new nn.LPPool1d({ norm_type: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LPPool2d({ norm_type: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LPPool3d({ norm_type: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LSTM({ input_size: 2, hidden_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LSTMCell({ input_size: 2, hidden_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LayerNorm({ normalized_shape: [2], bogus: 1 }),
    // @ts-expect-error
    new nn.LazyBatchNorm1d({ bogus: 1 }),
    // @ts-expect-error
    new nn.LazyBatchNorm2d({ bogus: 1 }),
    // @ts-expect-error
    new nn.LazyBatchNorm3d({ bogus: 1 }),
    // @ts-expect-error
    new nn.LazyConv1d({ out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LazyConv2d({ out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LazyConv3d({ out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LazyConvTranspose1d({ out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LazyConvTranspose2d({ out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LazyConvTranspose3d({ out_channels: 2, kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LazyInstanceNorm1d({ bogus: 1 }),
    // @ts-expect-error
    new nn.LazyInstanceNorm2d({ bogus: 1 }),
    // @ts-expect-error
    new nn.LazyInstanceNorm3d({ bogus: 1 }),
    // @ts-expect-error
    new nn.LazyLinear({ out_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LeakyReLU({ bogus: 1 }),
    // @ts-expect-error
    new nn.Linear({ in_features: 2, out_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.LocalResponseNorm({ size: 3, bogus: 1 }),
    // @ts-expect-error
    new nn.LogSigmoid({ bogus: 1 }),
    // @ts-expect-error
    new nn.LogSoftmax({ bogus: 1 }),
    // @ts-expect-error
    new nn.MSELoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.MarginRankingLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.MaxPool1d({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.MaxPool2d({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.MaxPool3d({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.MaxUnpool1d({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.MaxUnpool2d({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.MaxUnpool3d({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.Mish({ bogus: 1 }),
    // @ts-expect-error
    new nn.MultiLabelMarginLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.MultiLabelSoftMarginLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.MultiMarginLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.MultiheadAttention({ embed_dim: 2, num_heads: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.NLLLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.NLLLoss2d({ bogus: 1 }),
    // @ts-expect-error
    new nn.PReLU({ bogus: 1 }),
    // @ts-expect-error
    new nn.PairwiseDistance({ bogus: 1 }),
    // @ts-expect-error
    new nn.PixelShuffle({ upscale_factor: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.PixelUnshuffle({ downscale_factor: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.PoissonNLLLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.RMSNorm({ normalized_shape: [2], bogus: 1 }),
    // @ts-expect-error
    new nn.RNN({ input_size: 2, hidden_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.RNNCell({ input_size: 2, hidden_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.RReLU({ bogus: 1 }),
    // @ts-expect-error
    new nn.ReLU({ bogus: 1 }),
    // @ts-expect-error
    new nn.ReLU6({ bogus: 1 }),
    // @ts-expect-error
    new nn.ReflectionPad1d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ReflectionPad2d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ReflectionPad3d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ReplicationPad1d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ReplicationPad2d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ReplicationPad3d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.SELU({ bogus: 1 }),
    // @ts-expect-error
    new nn.SiLU({ bogus: 1 }),
    // @ts-expect-error
    new nn.Sigmoid({ bogus: 1 }),
    // @ts-expect-error
    new nn.SmoothL1Loss({ bogus: 1 }),
    // @ts-expect-error
    new nn.SoftMarginLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.Softmax({ bogus: 1 }),
    // @ts-expect-error
    new nn.Softmax2d({ bogus: 1 }),
    // @ts-expect-error
    new nn.Softmin({ bogus: 1 }),
    // @ts-expect-error
    new nn.Softplus({ bogus: 1 }),
    // @ts-expect-error
    new nn.Softshrink({ bogus: 1 }),
    // @ts-expect-error
    new nn.Softsign({ bogus: 1 }),
    // @ts-expect-error
    new nn.SyncBatchNorm({ num_features: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.Tanh({ bogus: 1 }),
    // @ts-expect-error
    new nn.Tanhshrink({ bogus: 1 }),
    // @ts-expect-error
    new nn.Threshold({ threshold: 0, value: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.Transformer({ bogus: 1 }),
    // @ts-expect-error
    new nn.TransformerDecoder({ decoder_layer: new nn.TransformerDecoderLayer(4, 2), num_layers: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.TransformerDecoderLayer({ d_model: 4, nhead: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.TransformerEncoder({ encoder_layer: new nn.TransformerEncoderLayer(4, 2), num_layers: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.TransformerEncoderLayer({ d_model: 4, nhead: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.TripletMarginLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.TripletMarginWithDistanceLoss({ bogus: 1 }),
    // @ts-expect-error
    new nn.Unflatten({ dim: 0, unflattened_size: [1, 2], bogus: 1 }),
    // @ts-expect-error
    new nn.Unfold({ kernel_size: 2, bogus: 1 }),
    // @ts-expect-error
    new nn.Upsample({ bogus: 1 }),
    // @ts-expect-error
    new nn.UpsamplingBilinear2d({ bogus: 1 }),
    // @ts-expect-error
    new nn.UpsamplingNearest2d({ bogus: 1 }),
    // @ts-expect-error
    new nn.ZeroPad1d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ZeroPad2d({ padding: 1, bogus: 1 }),
    // @ts-expect-error
    new nn.ZeroPad3d({ padding: 1, bogus: 1 }),
  ];
}
