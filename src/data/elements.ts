/** Number types as they stand in files, and what they become: bytes for bytes, 32-bit floats for everything else. */
import { halfToNumber } from '../runs/half.ts';

export interface ElementType {
  /** NumPy's name: `uint8`, `float64`. */
  readonly name: string;
  readonly bytes: number;
  /** One number at a byte offset. */
  readonly read: (view: DataView, at: number) => number;
}

/** The type of `kind` (`b`ool, `i`nteger, `u`nsigned, `f`loat) and width, or null when there is no such type. */
export function elementType(kind: string, bytes: number, littleEndian: boolean): ElementType | null {
  const le = littleEndian;
  switch (`${kind}${bytes}`) {
    case 'b1':
      return { name: 'bool', bytes, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) };
    case 'u1':
      return { name: 'uint8', bytes, read: (view, at) => view.getUint8(at) };
    case 'i1':
      return { name: 'int8', bytes, read: (view, at) => view.getInt8(at) };
    case 'u2':
      return { name: 'uint16', bytes, read: (view, at) => view.getUint16(at, le) };
    case 'i2':
      return { name: 'int16', bytes, read: (view, at) => view.getInt16(at, le) };
    case 'u4':
      return { name: 'uint32', bytes, read: (view, at) => view.getUint32(at, le) };
    case 'i4':
      return { name: 'int32', bytes, read: (view, at) => view.getInt32(at, le) };
    case 'u8':
      return { name: 'uint64', bytes, read: (view, at) => Number(view.getBigUint64(at, le)) };
    case 'i8':
      return { name: 'int64', bytes, read: (view, at) => Number(view.getBigInt64(at, le)) };
    case 'f2':
      return { name: 'float16', bytes, read: (view, at) => halfToNumber(view.getUint16(at, le)) };
    case 'f4':
      return { name: 'float32', bytes, read: (view, at) => view.getFloat32(at, le) };
    case 'f8':
      return { name: 'float64', bytes, read: (view, at) => view.getFloat64(at, le) };
    default:
      return null;
  }
}
