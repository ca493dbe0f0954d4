// What a teacher typed about a lesson, and which upload belongs to it: kept in this browser, one draft a person,
// until the server has acknowledged the lesson. Nobody else on a shared computer sees it on their page.
window.shijieLessonDraft = (form) => {
  "use strict";

  const kept = ["title", "subject", "stage", "rubric", "consent", "private"];
  const key = `shijie.lesson.draft.${form.dataset.person}`;
  const days = 14;
  const empty = () => ({ at: 0, fields: {}, upload: null });

  let draft = read();

  function read() {
    try {
      const found = JSON.parse(localStorage.getItem(key) || "null");
      return found && found.at > Date.now() - days * 24 * 3600 * 1000 ? found : empty();
    } catch (unreadable) {
      return empty();
    }
  }

  function save() {
    const given = new FormData(form);
    draft.at = Date.now();
    kept.forEach((name) => { draft.fields[name] = given.get(name) || ""; });
    try {
      localStorage.setItem(key, JSON.stringify(draft));
    } catch (full) {
      // Without storage the page still works; only a reload would forget.
    }
  }

  // True when there was something to put back.
  function restore() {
    kept.filter((name) => draft.fields[name]).forEach((name) => putBack(form.elements[name], draft.fields[name]));
    return Boolean(draft.fields.title);
  }

  function putBack(field, value) {
    if (field.type === "checkbox") field.checked = true;
    else if (field.tagName !== "SELECT" || [...field.options].some((each) => each.value === value)) field.value = value;
  }

  // The note by which tus-js-client would find a finished upload again goes together with the draft.
  function forgetUpload() {
    if (draft.upload && draft.upload.storageKey) localStorage.removeItem(draft.upload.storageKey);
  }

  function setUpload(about) {
    if (about === null) forgetUpload();
    draft.upload = about;
    form.elements.upload.value = about ? about.id : "";
    save();
  }

  function forget() {
    forgetUpload();
    draft = empty();
    localStorage.removeItem(key);
  }

  return { save, restore, forget, setUpload, upload: () => draft.upload };
};
