// Checks webhooks as their receiver would: HMAC by the reference library, Ed25519 by Node itself.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const DER = Buffer.from("302a300506032b6570032100", "hex"); // what stands before an Ed25519 key of 32 bytes

function checked({ key, headers, body }) {
  if (key.startsWith("whsec_")) {
    return new Webhook(key).verify(body, headers);
  }
  const raw = Buffer.from(key.replace("whpk_", ""), "base64");
  const known = createPublicKey({ key: Buffer.concat([DER, raw]), format: "der", type: "spki" });
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  for (const each of headers["webhook-signature"].split(" ")) {
    const [version, signature] = each.split(",");
    if (version === "v1a" && verify(null, signed, known, Buffer.from(signature, "base64"))) {
      return JSON.parse(body);
    }
  }
  throw new Error("no matching signature");
}

const told = JSON.parse(readFileSync(0, "utf8")).map((each) => {
  try {
    return checked(each).type;
  } catch (error) {
    return `refused: ${error.message}`;
  }
});
process.stdout.write(JSON.stringify(told));
