/** The image label that names the container folder which outputs go to. */
export const outputLabel = 'org.research-containers.output';
/** The image label that holds the run to propose, as a JSON array. */
export const commandLabel = 'org.research-containers.command';
