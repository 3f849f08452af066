// Uploads a file with tus-js-client as it is told by one argument in JSON, and says in JSON what happened.
//
// endpoint, token, file, metadata: what goes where. uploads: a file in which the client keeps where its uploads are.
// chunk: bytes of a PATCH. diesAt: bytes after which this process ends without a word. more: other options of the client.

import fs from "node:fs";
import tus from "tus-js-client";

const told = JSON.parse(process.argv[2]);
const size = fs.statSync(told.file).size;
const answers = [];
const say = (more) => {
  process.stdout.write(JSON.stringify({ url: upload.url, answers, ...more }));
};

const upload = new tus.Upload(fs.createReadStream(told.file), {
  endpoint: told.endpoint,
  headers: { authorization: `Bearer ${told.token}` },
  metadata: told.metadata,
  uploadSize: size,
  chunkSize: told.chunk,
  urlStorage: new tus.FileUrlStorage(told.uploads),
  fingerprint: async () => told.file,
  storeFingerprintForResuming: true,
  ...told.more,
  onAfterResponse: (request, response) => {
    answers.push([request.getMethod(), response.getStatus()]);
  },
  onChunkComplete: (_, accepted) => {
    if (told.diesAt && accepted >= told.diesAt) process.exit(9);
  },
  onError: (error) => say({ error: String(error) }),
  onSuccess: () => say({ error: null }),
});

const before = await upload.findPreviousUploads();
if (before.length > 0) upload.resumeFromPreviousUpload(before[0]);
upload.start();
