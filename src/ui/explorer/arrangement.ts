import type * as vscode from 'vscode';
import { type Kind } from '../../inventory/model.js';

/** How a view is filtered, grouped and sorted. */
export interface Arrangement {
  /** Shown is what has each of these words in its texts, in whatever case; empty for all. */
  filter: string;
  grouped: boolean;
  sort: SortOrder;
}

export type SortOrder = 'name' | 'newest' | 'largest';

/** The orders that a view can have, its usual one first. */
export const sortOrders: Record<Kind, readonly SortOrder[]> = {
  images: ['name', 'newest', 'largest'],
  containers: ['newest', 'name'],
  volumes: ['name', 'newest'],
};

/** What a view can be grouped by. */
export const groupings: Record<Kind, string | undefined> = {
  images: 'repository',
  containers: 'compose project',
  volumes: undefined,
};

/** Remembers the arrangement of each view, for the workspace. */
export class Arrangements {
  constructor(private readonly memory: vscode.Memento) {}

  get(kind: Kind): Arrangement {
    const [usual = 'name'] = sortOrders[kind];
    const kept = this.memory.get<Partial<Arrangement>>(`arrangement.${kind}`, {});
    const sort = sortOrders[kind].find((order) => order === kept.sort) ?? usual;
    return { filter: kept.filter ?? '', grouped: kept.grouped ?? true, sort };
  }

  async set(kind: Kind, change: Partial<Arrangement>): Promise<void> {
    await this.memory.update(`arrangement.${kind}`, { ...this.get(kind), ...change });
  }
}

/** Whether a thing with these texts is shown. */
export function matches(filter: string, texts: readonly string[]): boolean {
  const text = texts.join('\n').toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
