const brands: readonly [name: RegExp, brands: readonly string[]][] = [
  // A part of a GPU for a virtual machine, such as A40-48Q.
  [/-\d+[abcq]$/i, ['nvidia', 'grid', 'vapps', 'vpc', 'vcs', 'vws']],
  [/\btesla\b/i, ['tesla']],
  [/\bgeforce\b/i, ['geforce', 'geforcertx']],
  [/\bquadro rtx\b/i, ['quadro', 'quadrortx']],
  [/\bquadro\b/i, ['quadro']],
  [/\btitan\b/i, ['titan', 'titanrtx']],
  [/\bgrid\b/i, ['grid', 'vapps', 'vpc', 'vcs', 'vws', 'cloudgaming']],
  [/\brtx (?:a\d|pro|\d{4})/i, ['nvidiartx', 'quadrortx', 'nvidia']],
  [/^(?:nvidia )?[ablh]\d+[a-z]*\b|\bgh200\b|\bgb[23]00\b/i, ['nvidia', 'tesla']],
];

/**
 * What NVML may call the brand of a product, in the words of `NVIDIA_REQUIRE_*`: which of them it is depends on the driver.
 * None for names that are not known.
 */
export function brandsOf(name: string): readonly string[] {
  return brands.find(([pattern]) => pattern.test(name))?.[1] ?? [];
}

/** Whether a product is made for data centres: only these get forward compatibility from libraries in the image. */
export function isDataCentre(name: string): boolean {
  return brandsOf(name).includes('tesla');
}
