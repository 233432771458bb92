/** What is wrong with a message of the Open Inference Protocol, in a sentence for whoever sent it. */
export class ProtocolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtocolError';
  }
}
