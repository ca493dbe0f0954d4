// Sends a lesson recording in parts (tus 1.0) and then hands the lesson in. What was typed is kept by
// lesson-draft.js until the server has acknowledged the lesson. All texts come from the page.
(() => {
  "use strict";

  const form = document.getElementById("lesson-form");
  if (!form || !window.tus) return;

  const part = 4 * 1024 * 1024;
  const megabyte = 1024 * 1024;
  const waits = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000];
  const worthAnotherTry = [0, 408, 409, 423, 425, 460, 500, 502, 503, 504];
  const silenceAllowed = 45000;

  const at = (id) => document.getElementById(id);
  const file = at("lesson-file");
  const buttons = { send: at("send-lesson"), pause: at("pause-lesson"), go: at("continue-lesson") };
  const text = (name, values = {}) =>
    (form.dataset[`text${name}`] || "").replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
  const inMegabytes = (bytes) => (bytes / megabyte).toFixed(1);

  let upload = null;
  let state = "idle";
  let foreign = false;
  let lastNews = 0;
  let lastSign = 0;
  let began = { at: 0, bytes: null };
  let awake = null;

  const draft = window.shijieLessonDraft(form);

  // What the person sees ----------------------------------------------------------------------------------

  function enter(next) {
    state = next;
    const busy = next === "sending" || next === "handing";
    buttons.send.hidden = busy || next === "paused" || next === "broken";
    buttons.pause.hidden = next !== "sending";
    buttons.go.hidden = !(next === "paused" || next === "broken");
    file.disabled = busy || next === "paused";
    if (busy) stayAwake();
    else letSleep();
  }

  function tell(message) {
    at("sending").hidden = false;
    at("sending-text").textContent = message;
  }

  function announce(message) {
    at("sending-news").textContent = message;
  }

  function say(message) {
    tell(message);
    announce(message);
  }

  function complain(message) {
    at("lesson-problem").textContent = message;
    at("lesson-problem").hidden = !message;
  }

  function markFields(errors) {
    form.querySelectorAll("[data-error]").forEach((place) => {
      const found = errors[place.dataset.error];
      place.textContent = found ? found.join(" ") : "";
      place.hidden = !found;
      const field = place.dataset.error === "file" ? file : form.elements[place.dataset.error];
      const input = field instanceof RadioNodeList ? field[0] : field;
      if (found) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
    const first = form.querySelector("[aria-invalid]");
    if (first) first.focus();
  }

  function showDraft() {
    const about = draft.upload();
    const parts = draft.restore() ? [text("Restored")] : [];
    if (about) parts.push(text(about.complete ? "Here" : "Again", { name: about.name }));
    at("draft-note").textContent = parts.join(" ");
    at("draft-note").hidden = parts.length === 0;
    if (parts.length && form.closest("details")) form.closest("details").open = true;
  }

  function showMinutes() {
    const stage = form.elements.stage.value;
    form.querySelectorAll("[data-stage]").forEach((span) => { span.hidden = span.dataset.stage !== stage; });
  }

  function showProgress(sent, total) {
    lastSign = Date.now();
    if (state !== "sending") return;
    complain("");
    if (began.bytes === null) began = { at: Date.now(), bytes: sent };
    const percent = Math.floor((sent / total) * 100);
    at("sending-bar").value = percent;
    const line = text("Sending", { percent, sent: inMegabytes(sent), total: inMegabytes(total) });
    tell([line, timeLeft(sent, total)].filter(Boolean).join(" · "));
    if (percent >= lastNews + 10) {
      lastNews = percent;
      announce(line);
    }
  }

  function timeLeft(sent, total) {
    const seconds = (Date.now() - began.at) / 1000;
    const done = sent - began.bytes;
    if (seconds < 10 || done <= 0) return "";
    return text("Left", { minutes: Math.max(1, Math.round(((total - sent) / done) * (seconds / 60))) });
  }

  async function stayAwake() {
    if (awake || !navigator.wakeLock) return;
    try {
      awake = await navigator.wakeLock.request("screen");
      awake.addEventListener("release", () => { awake = null; });
    } catch (refused) {
      awake = null;
    }
  }

  function letSleep() {
    if (awake) awake.release();
  }

  // Sending -----------------------------------------------------------------------------------------------

  function missing() {
    const errors = {};
    [...form.elements].filter((field) => field.name && !field.validity.valid).forEach((field) => {
      errors[field.name] = [text(field.type === "checkbox" ? "Tick" : "Field")];
    });
    const chosen = file.files[0];
    if (!chosen && !(draft.upload() && draft.upload().complete)) errors.file = [text("NoFile")];
    else if (chosen && chosen.size === 0) errors.file = [text("Empty")];
    else if (chosen && chosen.size > Number(form.dataset.most)) {
      errors.file = [text("TooLarge", { size: inMegabytes(chosen.size), most: inMegabytes(form.dataset.most) })];
    }
    return errors;
  }

  function statusOf(error) {
    const response = error && error.originalResponse;
    return response ? response.getStatus() : 0;
  }

  function settings(chosen) {
    return {
      endpoint: form.dataset.endpoint,
      chunkSize: part,
      retryDelays: waits,
      metadata: { filename: chosen.name, filetype: chosen.type },
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      // Bound to the person: on a shared computer nobody continues somebody else's upload.
      fingerprint: async (given) =>
        ["shijie", form.dataset.person, given.name, given.type, given.size, given.lastModified].join("-"),
      onAfterResponse: refuseForeign,
      onShouldRetry: (error) => {
        const again = !foreign && worthAnotherTry.includes(statusOf(error));
        if (again) say(text("Waiting"));
        return again;
      },
      onUploadUrlAvailable: noteUpload,
      onProgress: showProgress,
      onError: stopped,
      onSuccess: arrived,
    };
  }

  // An answer without the protocol's mark comes from somebody else: the sign-in page, a proxy. Believing it would
  // make the client forget what it has sent.
  function refuseForeign(_request, response) {
    foreign = response.getStatus() < 500 && !response.getHeader("Tus-Resumable");
    if (foreign) throw new Error("this answer is not from the upload endpoint");
  }

  function noteUpload() {
    draft.setUpload({ id: upload.url.split("/").pop(), name: upload.file.name, complete: false, storageKey: null });
  }

  function newestFirst(one, other) {
    return new Date(other.creationTime) - new Date(one.creationTime);
  }

  async function begin() {
    const chosen = file.files[0];
    upload = new tus.Upload(chosen, settings(chosen));
    const earlier = (await upload.findPreviousUploads()).sort(newestFirst);
    if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
    start();
  }

  function start() {
    foreign = false;
    lastNews = 0;
    began = { at: Date.now(), bytes: null };
    lastSign = Date.now();
    complain("");
    enter("sending");
    say(text("Starting"));
    upload.start();
  }

  function pause() {
    upload.abort();
    enter("paused");
    say(text("Paused"));
  }

  function stopped(error) {
    enter("broken");
    const response = error.originalResponse;
    if (foreign) complain(text("SignedOut"));
    else if (response && response.getHeader("X-Refusal")) complain(response.getBody());
    else complain(text("Broken"));
    announce("");
  }

  // A line that says nothing for a while is given up and tried anew: phones change cells without telling.
  function watchLine() {
    if (state !== "sending" || Date.now() - lastSign < silenceAllowed) return;
    upload.abort().then(() => { if (state === "sending") start(); });
  }

  async function arrived() {
    const own = (await upload.findPreviousUploads()).find((each) => each.uploadUrl === upload.url);
    noteUpload();
    draft.setUpload({ ...draft.upload(), complete: true, storageKey: own ? own.urlStorageKey : null });
    at("sending-bar").value = 100;
    handIn();
  }

  // Handing in --------------------------------------------------------------------------------------------

  async function handIn() {
    complain("");
    enter("handing");
    say(text("Handing"));
    form.elements.upload.value = draft.upload().id;
    try {
      const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" };
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
      const answer = await response.json();
      if (response.status === 201) {
        draft.forget();
        enter("done");
        window.location.assign(answer.url);
        return;
      }
      notHandedIn(answer);
    } catch (lost) {
      enter("idle");
      complain(text("NotHanded"));
    }
  }

  function notHandedIn(answer) {
    enter("idle");
    complain([answer.happened, answer.kept, answer.todo].filter(Boolean).join(" "));
    markFields(answer.fields || {});
    // The server no longer has what we thought it had: the words are kept, the file is chosen again.
    if ((answer.code || "").startsWith("upload.")) draft.setUpload(null);
  }

  function otherFile() {
    if (state !== "broken") return;
    complain("");
    enter("idle");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const errors = missing();
    markFields(errors);
    complain(Object.keys(errors).length ? text("Fill") : "");
    if (Object.keys(errors).length) return;
    draft.save();
    if (!file.files[0]) handIn();
    else begin();
  });
  form.addEventListener("input", draft.save);
  file.addEventListener("change", otherFile);
  form.elements.stage.addEventListener("change", showMinutes);
  buttons.pause.addEventListener("click", pause);
  buttons.go.addEventListener("click", () => start());
  window.addEventListener("online", () => { if (state === "broken" && !foreign) start(); });
  window.addEventListener("beforeunload", (event) => { if (state === "sending" || state === "handing") event.preventDefault(); });
  setInterval(watchLine, 5000);
  showDraft();
  showMinutes();
  enter("idle");
})();
