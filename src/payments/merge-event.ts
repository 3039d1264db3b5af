import { mergeFacts } from '../domain/facts.ts'
import { type FactEvent, objectName, type Subject } from './subject.ts'

/** Merges what an event tells into the objects of its subject; objects of another payment are left alone. */
export function mergeEvent(subject: Subject, event: FactEvent): void {
  for (const assertion of event.assertions) {
    const name = objectName(assertion)
    const object = subject.objects.get(name)
    if (object === undefined || object.subjectId !== subject.id) continue
    subject.touched.add(name)
    subject.objects.set(name, { ...object, facts: mergeFacts(object.facts, assertion.facts) })
  }
}
