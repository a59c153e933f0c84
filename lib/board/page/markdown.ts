/** Markdown as elements. Runs may come from anybody: HTML in them is shown as text, scripts in links are no links, and no
 * picture of another server is asked for. */
import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable('image');

const { rules } = markdown.renderer;
rules.link_open = (tokens, at, options, _env, self) => {
  tokens[at]!.attrSet('target', '_blank');
  tokens[at]!.attrSet('rel', 'noopener noreferrer');
  return self.renderToken(tokens, at, options);
};
// Columns are aligned by a class, since the page's policy forbids style attributes.
rules.th_open = rules.td_open = (tokens, at, options, _env, self) => {
  const token = tokens[at]!;
  const align = /text-align:(\w+)/.exec(String(token.attrGet('style') ?? ''))?.[1];
  token.attrs = align === undefined ? [] : [['class', align]];
  return self.renderToken(tokens, at, options);
};

export function render(text: string): DocumentFragment {
  const template = document.createElement('template');
  template.innerHTML = markdown.render(text);
  return template.content;
}
