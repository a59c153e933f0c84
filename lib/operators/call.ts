/** A call: its name for messages, positional arguments with the receiver first if it has one, and named ones. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>> | undefined;
  /** 1 for a method, whose first argument no message counts. */
  readonly receiver: 0 | 1;
}
