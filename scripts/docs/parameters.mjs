// Arguments by position or by name have the type of all their lists (`ArgumentsOf<typeof parameters>`), which says little to
// a reader. This writes the parameters out, in their order: `Linear(in_features: number, out_features: number, bias?: boolean)`.
import { Comment } from 'typedoc';
import ts from 'typescript';

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.TypeNode} node `typeof parameters`, a Signature<Parameters, Order>
 */
function parametersIn(checker, node) {
  const [parameters, order] = checker.getTypeArguments(
    /** @type {ts.TypeReference} */ (checker.getTypeFromTypeNode(node)),
  );
  if (!parameters || !order) return [];
  const names = checker
    .getTypeArguments(/** @type {ts.TypeReference} */ (order))
    .map((type) => /** @type {ts.StringLiteralType} */ (type).value);
  return names.map((name) => {
    const property = checker.getPropertyOfType(parameters, name);
    if (!property) return name;
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const type = checker.getNonNullableType(checker.getTypeOfSymbol(property));
    return `${name}${optional ? '?' : ''}: ${checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)}`;
  });
}

/**
 * @param {import('typedoc').Context} context
 * @param {import('typedoc').SignatureReflection} signature
 * @param {ts.SignatureDeclaration} [declaration]
 */
export function writeParameters(context, signature, declaration) {
  const type = declaration?.parameters.at(-1)?.type;
  if (!type || !ts.isTypeReferenceNode(type) || type.typeName.getText() !== 'ArgumentsOf') return;
  const parameters = parametersIn(context.checker, type.typeArguments[0]);
  if (parameters.length === 0) return;
  const name = signature.name === 'constructor' ? signature.parent.parent.name : signature.name;
  signature.comment ??= new Comment();
  signature.comment.summary.unshift(
    { kind: 'code', text: `\`${name}(${parameters.join(', ')})\`` },
    { kind: 'text', text: '\n\n' },
  );
}
