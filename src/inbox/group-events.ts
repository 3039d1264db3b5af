/**
 * Which events belong together: everything that one event names is of one payment, and so is, over as many events as
 * it takes, whatever is named together with any of it. Such a group does not depend on the order of its events.
 */
import type { ProviderObjectName } from '../domain/provider-event.ts'
import { inProviderOrder } from '../payments/subject.ts'
import { type ToldEvent, toldAtSeconds } from './read-event.ts'

export type EventGroup = {
  /** names of all provider objects of the group */
  names: string[]
  /** payments or payouts the group was known by; several of them turn out to be one */
  subjectIds: string[]
  /** what a group nobody knows is adopted as; undefined while no event in it may be */
  rootKind: 'payment' | 'payout' | undefined
  /** name of the group's intent: a payment has one at most */
  intent: string | undefined
  /** the group of an operation this one names, too, although that one has another intent: this is a second effect of it */
  rivalOf: EventGroup | undefined
}

export function knownName(providerAccountId: string, name: ProviderObjectName): string {
  return `${providerAccountId} ${name.kind} ${name.reference}`
}

/** All objects an event names: its own, those that may tell whose it is, and those it tells of. */
export function namesOf({ facts }: ToldEvent): ProviderObjectName[] {
  return [facts.subject, ...facts.parents, ...facts.assertions]
}

/** Tells the group of an event. */
export type GroupOf = (event: ToldEvent) => EventGroup

/** @param known the payment or payout of each known name */
export function groupEvents(events: ToldEvent[], known: ReadonlyMap<string, string>): GroupOf {
  const nodes = new Map<string, Node>()
  for (const [name, subjectId] of known) {
    join(objectNode(nodes, name), subjectNode(nodes, subjectId))
  }
  const claims: Claim[] = []
  for (const event of events) {
    const { providerAccountId: account, eventId } = event.claimed
    const own = objectNode(nodes, knownName(account, event.facts.subject))
    // One intent is one payment: a charge or refund that two of them claim stays with the first.
    for (const named of namesOf(event)) {
      const other = objectNode(nodes, knownName(account, named))
      if (named.kind === 'operation') {
        const { root: isRoot } = event.facts
        const createdAtSeconds = toldAtSeconds(event)
        claims.push({ own, operation: other, isRoot, eventId, createdAtSeconds })
      } else if (!areOfTwoIntents(own, other)) join(own, other)
    }
    if (event.facts.root) {
      rootOf(own).group.rootKind = event.facts.subject.kind === 'payout' ? 'payout' : 'payment'
    }
  }
  shareOperations(claims)
  return ({ claimed, facts }) =>
    rootOf(objectNode(nodes, knownName(claimed.providerAccountId, facts.subject))).group
}

/** An event names this operation. */
type Claim = {
  own: Node
  operation: Node
  isRoot: boolean
  eventId: string
  createdAtSeconds: number
}

/**
 * An operation belongs to one intent. Of several that claim it, one that is a payment already is first, then one that can be
 * made a payment of, then the first in the provider's order; the others are its rivals. Which it is does not depend on
 * the order of the events.
 */
function shareOperations(claims: Claim[]): void {
  // Ranked before any of them is joined.
  const ranked = inProviderOrder(claims).map((claim) => ({ claim, rank: rankOf(claim) }))
  const lost: Claim[] = []
  for (const { claim } of ranked.toSorted((a, b) => a.rank - b.rank)) {
    if (areOfTwoIntents(claim.own, claim.operation)) lost.push(claim)
    else join(claim.own, claim.operation)
  }
  for (const { own, operation } of lost) {
    const [rival, first] = [rootOf(own).group, rootOf(operation).group]
    // Of two that each claim an operation of the other one, only one can be the second effect.
    if (!isRivalOf(first, rival)) rival.rivalOf ??= first
  }
}

/** Apart, the first one to become a payment has the operation: so it is by the event that makes it one. */
function rankOf({ own, isRoot }: Claim): number {
  const { subjectIds, rootKind } = rootOf(own).group
  if (subjectIds.length > 0) return 0
  if (isRoot) return 1
  return rootKind === undefined ? 3 : 2
}

function isRivalOf(group: EventGroup, other: EventGroup): boolean {
  let one: EventGroup | undefined = group
  while (one !== undefined && one !== other) one = one.rivalOf
  return one === other
}

/** A union-find node; only a root's group counts. */
type Node = { parent: Node | undefined; group: EventGroup }

function objectNode(nodes: Map<string, Node>, name: string): Node {
  const found = nodes.get(name)
  if (found !== undefined) return found
  const intent = name.startsWith(' intent ', name.indexOf(' ')) ? name : undefined
  return addNode(nodes, name, { ...newGroup(), names: [name], intent })
}

function subjectNode(nodes: Map<string, Node>, subjectId: string): Node {
  const found = nodes.get(subjectId)
  if (found !== undefined) return found
  return addNode(nodes, subjectId, { ...newGroup(), subjectIds: [subjectId] })
}

function newGroup(): EventGroup {
  return {
    names: [],
    subjectIds: [],
    ...{ rootKind: undefined, intent: undefined, rivalOf: undefined },
  }
}

function addNode(nodes: Map<string, Node>, key: string, group: EventGroup): Node {
  const node = { parent: undefined, group }
  nodes.set(key, node)
  return node
}

function areOfTwoIntents(a: Node, b: Node): boolean {
  const [one, other] = [rootOf(a).group.intent, rootOf(b).group.intent]
  return one !== undefined && other !== undefined && one !== other
}

function rootOf(node: Node): Node {
  let root = node
  while (root.parent !== undefined) root = root.parent
  // The next search is short.
  for (let one = node; one.parent !== undefined; ) {
    const next = one.parent
    one.parent = root
    one = next
  }
  return root
}

function join(a: Node, b: Node): void {
  const [one, other] = [rootOf(a), rootOf(b)]
  if (one === other) return
  const [large, small] =
    one.group.names.length < other.group.names.length ? [other, one] : [one, other]
  small.parent = large
  large.group.names.push(...small.group.names)
  large.group.subjectIds.push(...small.group.subjectIds)
  large.group.rootKind ??= small.group.rootKind
  large.group.intent ??= small.group.intent
}
