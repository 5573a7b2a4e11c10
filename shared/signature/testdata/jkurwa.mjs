// Signs and verifies with jkurwa, an implementation of its own of ДСТУ 4145, ГОСТ 34.311 and CMS, for the tests of this package:
// one request as JSON a line in, one answer a line out. Packages are those of scripts/e2e.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../../../scripts/e2e/package.json', import.meta.url));
const jkurwa = require('jkurwa');
const gost89 = require('gost89');

const { Message } = jkurwa.models;
const { hash } = gost89.compat.algos();
const bytes = (text) => Buffer.from(text, 'base64');

const operations = {
  hash: ({ content }) => hash(bytes(content)).toString('base64'),
  sign({ curve, secret, certificate, content, attached, time }) {
    const data = bytes(content);
    const message = new Message({
      type: 'signedData',
      cert: jkurwa.Certificate.from_asn1(bytes(certificate)),
      ...(attached ? { data } : { dataHash: hash(data) }),
      hash,
      signTime: time,
      signer: jkurwa.pkey(curve, secret, 'hex'),
    });
    return message.as_asn1().toString('base64');
  },
  verify({ signature, content }) {
    const message = new Message(bytes(signature));
    if (content !== undefined) message.info.contentInfo.content = bytes(content);
    return message.verify(hash, () => null, () => null);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = { value: operations[request.do](request) };
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
