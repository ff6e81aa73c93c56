/** What a resource of an SDK takes, read from the SDK's own declarations, so that no second list of it can agree with our program alone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";
import type { Field, Shape, Shapes } from "./shapes.ts";

const require = createRequire(import.meta.url);

/** @throws Error for a token that its SDK does not have */
export function shapesOf(tokens: readonly string[]): Shapes {
  const nested = new Map<string, ReadonlyMap<string, ts.InterfaceDeclaration>>();
  return Object.fromEntries(
    tokens.map((token) => {
      const [, name = "", path = "", type = ""] = /^([^:]+):(?:index\/)?([^:]+):(.+)$/.exec(token) ?? [];
      const folder = dirname(require.resolve(`@pulumi/${name}/package.json`));
      const own = interfacesOf(join(folder, `${path}.d.ts`)).get(`${type}Args`);
      if (own === undefined) throw new Error(`The SDK of ${name} has no ${token}.`);
      const known = nested.get(name) ?? interfacesOf(join(folder, "types/input.d.ts"));
      nested.set(name, known);
      return [token, fieldsOf(own, known)];
    }),
  );
}

/** Interfaces of a file by their names, with those of the namespaces around them before. */
function interfacesOf(path: string): ReadonlyMap<string, ts.InterfaceDeclaration> {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  const found = new Map<string, ts.InterfaceDeclaration>();
  const visit = (statements: readonly ts.Statement[], before: string): void => {
    for (const statement of statements) {
      if (ts.isInterfaceDeclaration(statement)) found.set(`${before}${statement.name.text}`, statement);
      if (ts.isModuleDeclaration(statement) && statement.body !== undefined && ts.isModuleBlock(statement.body))
        visit(statement.body.statements, `${before}${statement.name.text}.`);
    }
  };
  visit(file.statements, "");
  return found;
}

type Known = ReadonlyMap<string, ts.InterfaceDeclaration>;

function fieldsOf(declaration: ts.InterfaceDeclaration, known: Known): Record<string, Field> {
  return Object.fromEntries(
    declaration.members.flatMap((member): [string, Field][] => {
      if (!ts.isPropertySignature(member) || !ts.isIdentifier(member.name) || member.type === undefined) return [];
      const required = member.questionToken === undefined;
      return [[member.name.text, { shape: shapeOf(member.type, known), required }]];
    }),
  );
}

const KEYWORDS: ReadonlyMap<ts.SyntaxKind, Shape> = new Map([
  [ts.SyntaxKind.StringKeyword, { kind: "text" }],
  [ts.SyntaxKind.NumberKeyword, { kind: "number" }],
  [ts.SyntaxKind.BooleanKeyword, { kind: "flag" }],
]);

function shapeOf(type: ts.TypeNode, known: Known): Shape {
  const keyword = KEYWORDS.get(type.kind);
  if (keyword !== undefined) return keyword;
  if (ts.isArrayTypeNode(type)) return { kind: "list", of: shapeOf(type.elementType, known) };
  if (ts.isParenthesizedTypeNode(type)) return shapeOf(type.type, known);
  if (ts.isUnionTypeNode(type)) {
    // An enumeration stands beside the text that it is, and `undefined` beside what may be left out.
    const [one] = type.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword);
    return one === undefined ? { kind: "any" } : shapeOf(one, known);
  }
  if (ts.isTypeLiteralNode(type)) {
    const [member] = type.members;
    return member !== undefined && ts.isIndexSignatureDeclaration(member)
      ? { kind: "map", of: shapeOf(member.type, known) }
      : { kind: "any" };
  }
  return ts.isTypeReferenceNode(type) ? referred(type, known) : { kind: "any" };
}

function referred({ typeName, typeArguments }: ts.TypeReferenceNode, known: Known): Shape {
  const name = nameOf(typeName);
  const [inner] = typeArguments ?? [];
  if (name === "pulumi.Input" && inner !== undefined) return shapeOf(inner, known);
  if (name.startsWith("enums.")) return { kind: "text" };
  const declaration = known.get(name.replace(/^inputs\./, ""));
  if (declaration === undefined) throw new Error(`The SDK's types name ${name}, which is not there.`);
  return { kind: "group", fields: fieldsOf(declaration, known) };
}

function nameOf(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : `${nameOf(name.left)}.${name.right.text}`;
}
