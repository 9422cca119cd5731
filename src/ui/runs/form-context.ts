import { type EngineConnection } from '../../engine/connection.js';
import { type RunPreview } from '../../run/preview-run.js';
import { type Services } from '../services.js';

/** What the form knows of the image and the surroundings while it is open. */
export interface FormContext {
  image: string;
  connection: EngineConnection;
  preview: RunPreview;
  services: Services;
  /** Files of the image that the binding would hide. */
  hidden: { paths: string[]; isWhole: boolean };
  /** Entries in the results' folder. */
  entries: number;
}
