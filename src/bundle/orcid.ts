/**
 * Reads an ORCID iD, bare or as an orcid.org address, into its form with dashes (`0000-0002-1825-0097`). The last
 * character is checked as ISO 7064 MOD 11-2 has it
 * (https://support.orcid.org/hc/en-us/articles/360006897674-Structure-of-the-ORCID-Identifier).
 */
export function parseOrcid(text: string): { orcid: string } | { problem: string } {
  // What is copied from a typeset page has other dashes.
  const plain = text.trim().replace(/[\u2010-\u2015\u2212]/g, '-');
  const found = /^(?:(?:https?:\/\/)?(?:www\.)?orcid\.org\/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])\/?$/i.exec(plain);
  if (found === null) return { problem: 'This is not an ORCID iD, such as 0000-0002-1825-0097.' };
  const orcid = found.slice(1).join('-').toUpperCase();
  if (!orcid.endsWith(checkCharacter(orcid.replaceAll('-', '').slice(0, 15)))) {
    return { problem: 'This ORCID iD is mistyped: its last character does not fit the others.' };
  }
  return { orcid };
}

function checkCharacter(digits: string): string {
  let total = 0;
  for (const digit of digits) total = ((total + Number(digit)) * 2) % 11;
  const value = (12 - total) % 11;
  return value === 10 ? 'X' : String(value);
}
