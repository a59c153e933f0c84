/** torch.distributed, with values of torch.save's kinds. */
import { useCodec } from '../distributed/codec';
import { decodeMessage, encodeMessage } from '../serialization/messages';

useCodec({ encode: encodeMessage, decode: decodeMessage });

export * from '../distributed';
