// Sends a file with tus-js-client as a browser would, and tells on standard output what happened.
// Its one argument is JSON: endpoint, file, store, cookie, token, chunk (bytes).
const fs = require("node:fs");
const tus = require("tus-js-client");

const wish = JSON.parse(process.argv[2]);
const tell = (event, value) => process.stdout.write(`${JSON.stringify({ event, value })}\n`);

const upload = new tus.Upload(fs.createReadStream(wish.file), {
  endpoint: wish.endpoint,
  chunkSize: wish.chunk,
  retryDelays: [0, 100, 300, 1000, 3000],
  headers: { Cookie: wish.cookie, "X-CSRFToken": wish.token },
  metadata: { filename: "我的课.mp4", filetype: "video/mp4" },
  urlStorage: new tus.FileUrlStorage(wish.store),
  onChunkComplete: (_size, accepted) => tell("accepted", accepted),
  onError: (error) => {
    tell("error", error.originalResponse ? error.originalResponse.getStatus() : String(error));
    process.exit(1);
  },
  onSuccess: () => tell("done", upload.url),
});

upload.findPreviousUploads().then((earlier) => {
  tell("earlier", earlier.length);
  if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
  upload.start();
});
