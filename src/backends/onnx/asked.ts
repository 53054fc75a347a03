/** What ONNX Runtime says when it does not do what it is asked for. */
import { messageOf } from '../../text/messageOf.ts';
import { NotCompilable } from '../compiled.ts';

/** What ONNX Runtime says when it is the machine that lacks something. */
const SHORTAGE = /memory|alloc|exhausted|no space/i;

/** @throws NotCompilable where ONNX Runtime refuses something, its own error where it runs short of something */
export function asked<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (SHORTAGE.test(messageOf(error))) throw error;
    throw new NotCompilable(`ONNX Runtime refuses it: ${messageOf(error)}`, { cause: error });
  }
}
