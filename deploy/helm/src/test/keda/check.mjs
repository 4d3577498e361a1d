// helm template ... | node check.mjs: whether each ScaledObject is one by KEDA's published types. They are made out of
// KEDA's Go types; their validator knows types and required fields, their declarations which fields there are.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import YAML from "yaml";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1";

const folder = path.dirname(fileURLToPath(import.meta.resolve("@kubernetes-models/keda/keda.sh/v1alpha1")));

/** Fields of one of KEDA's types: name to the name of its type, or null where that is not KEDA's. */
function fields(type) {
  const text = fs.readFileSync(path.join(folder, `${type}.d.ts`), "utf8");
  const body = text.match(/export interface I\w+ (?:extends \w+ )?\{([\s\S]*?)\n\}/)[1];
  const named = [...body.matchAll(/^ {4}"(\w+)"\??: (.*)$/gm)];
  return new Map(named.map(([, name, of]) => [name, of.match(/IComGithub\w*V1alpha1(\w+)/)?.[1] ?? null]));
}

function unknown(value, type, at) {
  const known = fields(type);
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = `${at}.${name}`;
    if (!known.has(name)) return [here];
    const of = known.get(name);
    if (!of || !inner || typeof inner !== "object") return [];
    return [inner].flat().flatMap((item) => unknown(item, of, here));
  });
}

function complaints(object) {
  const strange = unknown(object.spec, "ScaledObjectSpec", "spec").map((field) => `${field} is no field of KEDA's`);
  try {
    new ScaledObject(object).validate();
    return strange;
  } catch (error) {
    return [...strange, error.message];
  }
}

const objects = YAML.parseAllDocuments(fs.readFileSync(0, "utf8"))
  .map((document) => document.toJS())
  .filter((resource) => resource?.kind === "ScaledObject");
if (objects.length === 0) throw new Error("no ScaledObject was rendered");
for (const object of objects) {
  const found = complaints(object);
  if (found.length > 0) throw new Error(`${object.metadata.name}: ${found.join("; ")}`);
  // A check that finds nothing wrong in what is wrong would be none.
  for (const spoil of [(o) => (o.spec.minReplicas = 1), (o) => delete o.spec.triggers, (o) => (o.spec.fallback.replicas = "2"),
    (o) => (o.spec.triggers[0].topic = "t")]) {
    const spoiled = structuredClone(object);
    spoil(spoiled);
    if (complaints(spoiled).length === 0) throw new Error(`not seen to be wrong: ${spoil}`);
  }
  console.log(`${object.metadata.name} fits KEDA's types`);
}
