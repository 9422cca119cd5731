import * as vscode from 'vscode';
import { licenceIds } from '../../bundle/licence.js';
import { parseOrcid } from '../../bundle/orcid.js';
import { type ZenodoJson } from '../../bundle/zenodo-json.js';
import { withoutIcons } from '../plain-text.js';

type Draft = Partial<ZenodoJson>;
type Creator = ZenodoJson['creators'][number];
type Changed = Promise<Draft | undefined>;

/** Asks for one text of the metadata; an empty one takes it out. */
export async function askText(
  draft: Draft,
  key: 'title' | 'description' | 'version',
  title: string,
  prompt: string,
): Changed {
  const text = await vscode.window.showInputBox({ title, prompt, value: draft[key] ?? '', ignoreFocusOut: true });
  if (text === undefined) return undefined;
  return { ...draft, [key]: text.trim() === '' ? undefined : text.trim() };
}

export async function askKeywords(draft: Draft): Changed {
  const text = await vscode.window.showInputBox({
    title: 'Keywords',
    prompt: 'Separated by commas',
    value: (draft.keywords ?? []).join(', '),
    ignoreFocusOut: true,
  });
  if (text === undefined) return undefined;
  const keywords = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return { ...draft, keywords: keywords.length === 0 ? undefined : keywords };
}

/** One of SPDX's list; the usual ones of research come first. */
export async function askLicence(draft: Draft): Changed {
  const chosen = await vscode.window.showQuickPick(
    licenceIds().map((id) => ({
      label: id,
      description: id.toLowerCase() === draft.license?.toLowerCase() ? 'chosen' : '',
    })),
    { title: 'Licence', placeHolder: 'An SPDX identifier: others may do what it says', ignoreFocusOut: true },
  );
  return chosen === undefined ? undefined : { ...draft, license: chosen.label };
}

/** The authors in a list; each can be changed, and one added. */
export async function askCreators(draft: Draft): Changed {
  const creators = draft.creators ?? [];
  const chosen = await vscode.window.showQuickPick(
    [
      { label: '$(add) Add an Author…', index: creators.length },
      ...creators.map((creator, index) => ({ ...creatorLine(creator), index })),
    ],
    { title: 'Authors', placeHolder: 'Choose one to change it', ignoreFocusOut: true },
  );
  if (chosen === undefined) return undefined;
  const creator = await askCreator(creators[chosen.index]);
  if (creator === undefined) return undefined;
  const all = creator === 'removed' ? [] : [creator];
  return { ...draft, creators: [...creators.slice(0, chosen.index), ...all, ...creators.slice(chosen.index + 1)] };
}

async function askCreator(before: Creator | undefined): Promise<Creator | 'removed' | undefined> {
  const ask = (title: string, prompt: string, value: string, validateInput?: (text: string) => string | undefined) =>
    vscode.window.showInputBox({
      title,
      prompt,
      value,
      ignoreFocusOut: true,
      ...(validateInput ? { validateInput } : {}),
    });
  const name = await ask('Author: 1 of 3', '“Family name, given name”; empty takes the author out', before?.name ?? '');
  if (name === undefined) return undefined;
  if (name.trim() === '') return 'removed';
  const orcid = await ask(
    'Author: 2 of 3',
    'ORCID iD, such as 0000-0002-1825-0097; empty: none',
    before?.orcid ?? '',
    orcidProblem,
  );
  if (orcid === undefined) return undefined;
  const affiliation = await ask('Author: 3 of 3', 'Affiliation; empty: none', before?.affiliation ?? '');
  if (affiliation === undefined) return undefined;
  const parsed = parseOrcid(orcid);
  return {
    ...before,
    name: name.trim(),
    orcid: 'orcid' in parsed ? parsed.orcid : undefined,
    affiliation: affiliation.trim() === '' ? undefined : affiliation.trim(),
  };
}

function orcidProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const parsed = parseOrcid(text);
  return 'problem' in parsed ? parsed.problem : undefined;
}

function creatorLine({ name, orcid, affiliation }: Creator): { label: string; description: string } {
  const facts = [orcid, affiliation].filter((fact) => fact !== undefined);
  return { label: `$(person) ${withoutIcons(name)}`, description: withoutIcons(facts.join(' · ')) };
}
