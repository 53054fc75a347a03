/** What is wrong with an `order` beyond the schema, of any model that has one. */
import { complain, type Complaint } from '../complaint.ts';
import type { ModelSituation } from './entry.ts';
import type { MadeSpec } from './made.ts';
import { permutationFault } from './permutation.ts';

/** @param order left out where it is wrong by the schema. */
export function checkOrder(order: MadeSpec['order'] | undefined, { dimension }: ModelSituation): Complaint[] {
  if (order === undefined || typeof order === 'string') return [];
  const fault = permutationFault(order, dimension ?? order.length);
  if (fault === null) return [];
  const path = ['model', 'order', ...(fault.index === null ? [] : [fault.index])];
  return [complain('error', path, `order ${fault.message}`)];
}
