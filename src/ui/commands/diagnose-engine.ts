import { diagnose } from '../../engine/diagnose.js';
import { type ContractCommand } from '../contract-command.js';
import { pickEngine } from '../engine-picker.js';
import { selectEngineCommand } from './select-engine.js';

export const diagnoseEngineCommand: ContractCommand<'diagnoseEngine'> = {
  ask: async (_selection, services) => {
    // What a person sees and can do about it is one list; the report is for code.
    const name = await pickEngine('Diagnose Engine', services);
    if (name === undefined) return undefined;
    const { signal } = new AbortController();
    await selectEngineCommand.run({ name }, { signal, onProgress: () => undefined }, services);
    return undefined;
  },
  title: () => 'Diagnosing',
  run: async (_argument, { signal }, { engine }) => {
    const diagnoses = await diagnose(await engine.candidates(), signal, () => undefined);
    return {
      ...(engine.state.kind === 'connected' ? { chosen: engine.state.endpoint.name } : {}),
      endpoints: diagnoses.map(({ endpoint: { name, host, source }, ...diagnosis }) => ({
        name,
        host,
        source,
        state: diagnosis.state,
        ...(diagnosis.state === 'ok' ? {} : { reason: diagnosis.failure.message, remedy: diagnosis.failure.remedy }),
      })),
    };
  },
  show: () => Promise.resolve(),
};
