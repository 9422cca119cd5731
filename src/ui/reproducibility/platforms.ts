import { proposedPlatforms } from '../build/build-answers.js';
import { type Services } from '../services.js';
import { platformsOfSettings } from '../wizard/look.js';

/** That a Dockerfile was built or created for, or else those of the settings; empty where none of them says any. */
export function platformsFor(dockerfile: string, { memory }: Pick<Services, 'memory'>): readonly string[] {
  return proposedPlatforms(dockerfile, memory) ?? platformsOfSettings(dockerfile) ?? [];
}
