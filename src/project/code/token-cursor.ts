import { endOfAnnotation } from './annotations.js';
import { type Token } from './tokens.js';

/** A place among the tokens of a program. */
export class TokenCursor {
  protected position = 0;

  constructor(protected readonly tokens: readonly Token[]) {}

  protected peek(ahead = 0): Token | undefined {
    return this.tokens[this.position + ahead];
  }

  protected isMark(text: string, ahead = 0): boolean {
    const token = this.tokens[this.position + ahead];
    return token !== undefined && token.kind === 'mark' && token.text === text;
  }

  /** Goes on to the `=` behind a name's annotation; stays where there is none. */
  protected skipAnnotation(): boolean {
    const end = endOfAnnotation(this.tokens, this.position + 1);
    this.position = end ?? this.position;
    return end !== undefined;
  }
}
