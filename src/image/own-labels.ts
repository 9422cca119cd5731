/** The image label that names the container folder which outputs go to. */
export const outputLabel = 'org.research-containers.output';
/** The image label that holds the run to propose, as a JSON array. */
export const commandLabel = 'org.research-containers.command';
/** The image label that holds the container folders which data is mounted at when it runs, as a JSON array. */
export const dataLabel = 'org.research-containers.data';
