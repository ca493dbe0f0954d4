// The rating sheet: times come from the recording, entries save themselves, and a copy stays on this device until
// the server has them. Without this script the page is an ordinary form.

const WAIT_MS = 1200;
const RETRY_MS = [5000, 10000, 20000, 40000, 60000];

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const two = (number) => String(number).padStart(2, "0");
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
};

const seconds = (text) => {
  const parts = text.normalize("NFKC").trim().split(":");
  const fits = (parts.length === 2 || parts.length === 3) && parts.every((part) => /^\d{1,3}$/.test(part));
  return fits ? parts.reduce((sum, part) => sum * 60 + Number(part), 0) : null;
};

// What the browser keeps of one sheet. A browser that refuses to store is no reason to stop working.
const copyOf = (id) => {
  const key = `shijie-reading-${id}`;
  const quietly = (action) => {
    try {
      return action();
    } catch {
      return null;
    }
  };
  return {
    read: () => quietly(() => JSON.parse(localStorage.getItem(key))),
    write: (value) => quietly(() => localStorage.setItem(key, JSON.stringify(value))),
    drop: () => quietly(() => localStorage.removeItem(key)),
  };
};

const fieldsOf = (form) =>
  [...new FormData(form)].filter(([name]) => /^(level|points|note|start|end|text)-/.test(name));

// Moments ------------------------------------------------------------------------------------------------------

const addMoment = (criterion) => {
  const list = criterion.querySelector("[data-moments]");
  const rows = list.querySelectorAll("[data-moment]");
  const fresh = rows[rows.length - 1].cloneNode(true);
  const place = rows.length;
  fresh.setAttribute("aria-label", (fresh.getAttribute("aria-label") || "").replace(/\d+/, String(place + 1)));
  fresh.querySelectorAll("input").forEach((input) => {
    input.value = "";
    input.removeAttribute("aria-invalid");
    const id = `${input.name}-${place}`;
    fresh.querySelector(`label[for="${input.id}"]`).htmlFor = id;
    input.id = id;
  });
  list.append(fresh);
  return fresh;
};

const removeMoment = (moment) => {
  const list = moment.parentElement;
  if (list.querySelectorAll("[data-moment]").length === 1) {
    moment.querySelectorAll("input").forEach((input) => (input.value = ""));
    moment.querySelector("input").focus();
    return;
  }
  const next = moment.nextElementSibling || moment.previousElementSibling;
  moment.remove();
  next.querySelector("input").focus();
};

const takeTime = (moment, which, video) => {
  moment.querySelector(`[name^="${which}-"]`).value = clock(video.currentTime);
};

const playMoment = (moment, video) => {
  const from = seconds(moment.querySelector('[name^="start-"]').value);
  const to = seconds(moment.querySelector('[name^="end-"]').value);
  if (from === null) return;
  video.currentTime = from;
  const stopAtEnd = () => {
    if (to !== null && (video.currentTime >= to || video.currentTime < from)) {
      if (video.currentTime >= to) video.pause();
      video.removeEventListener("timeupdate", stopAtEnd);
    }
  };
  video.addEventListener("timeupdate", stopAtEnd);
  // Pausing before the picture has come is no error worth a word.
  video.play().catch(() => {});
};

// Saving -------------------------------------------------------------------------------------------------------

const refill = (form, fields) => {
  const wanted = new Map();
  fields.forEach(([name, value]) => wanted.set(name, [...(wanted.get(name) || []), value]));
  form.querySelectorAll("[data-criterion]").forEach((criterion) => {
    const id = criterion.dataset.criterion;
    const rows = (wanted.get(`start-${id}`) || []).length;
    while (criterion.querySelectorAll("[data-moment]").length < rows) addMoment(criterion);
    criterion.querySelectorAll(`[name="level-${id}"]`).forEach((radio) => {
      radio.checked = (wanted.get(radio.name) || []).includes(radio.value);
    });
    ["start", "end", "text", "note", "points"].forEach((part) => {
      const values = wanted.get(`${part}-${id}`) || [];
      criterion.querySelectorAll(`[name="${part}-${id}"]`).forEach((field, place) => {
        field.value = values[place] || "";
      });
    });
  });
};

const saver = (form, state) => {
  const copy = copyOf(form.dataset.sheet);
  let timer = 0;
  let busy = false;
  let dirty = false;
  let failures = 0;
  let leaving = false;
  let held = null;

  const say = (text, failed = false) => {
    state.textContent = text;
    state.classList.toggle("failed", failed);
  };

  const schedule = (after) => {
    clearTimeout(timer);
    timer = setTimeout(save, after);
  };

  const body = () => new URLSearchParams(new FormData(form));

  const settled = (answer) => {
    failures = 0;
    form.elements.revision.value = answer.revision;
    if (!dirty) {
      copy.drop();
      say(answer.said);
    } else {
      keepCopy();
    }
  };

  // A refusal (409, 403, ...) will not go away by itself: say it and wait for the person.
  const refused = async (answer) => {
    if (answer.status === 403 || answer.status === 404) return say(state.dataset.signedOut, true);
    const { happened, kept, todo } = await answer.json();
    return say([happened, kept, todo].filter(Boolean).join(" "), true);
  };

  const lost = () => {
    dirty = true;
    say(state.dataset.failed, true);
    schedule(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
  };

  async function save() {
    if (busy || leaving || !dirty) return;
    busy = true;
    dirty = false;
    say(state.dataset.saving);
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: body(),
        headers: { Accept: "application/json" },
      });
      if (answer.status >= 500) lost();
      else if (answer.ok) settled(await answer.json());
      else await refused(answer);
    } catch {
      lost();
    } finally {
      busy = false;
      if (held) form.requestSubmit(held);
      else if (dirty && !failures) schedule(WAIT_MS);
    }
  }

  const keepCopy = () => copy.write({ revision: Number(form.elements.revision.value), fields: fieldsOf(form) });

  const changed = () => {
    dirty = true;
    keepCopy();
    schedule(WAIT_MS);
  };

  const restore = (kept) => {
    refill(form, kept.fields);
    changed();
    say(state.dataset.restored);
  };

  const lookForCopy = () => {
    const kept = copy.read();
    if (!kept || !Array.isArray(kept.fields)) return;
    const filled = (fields) => JSON.stringify(fields.filter(([, value]) => value !== ""));
    if (filled(kept.fields) === filled(fieldsOf(form))) {
      copy.drop();
    } else if (kept.revision === Number(form.elements.revision.value)) {
      restore(kept);
    } else {
      offer(kept);
    }
  };

  const offer = (kept) => {
    const box = document.querySelector("[data-older]");
    box.hidden = false;
    box.querySelector("[data-use-copy]").addEventListener("click", () => {
      box.hidden = true;
      restore(kept);
    });
    box.querySelector("[data-drop-copy]").addEventListener("click", () => {
      box.hidden = true;
      copy.drop();
    });
  };

  window.addEventListener("online", () => dirty && schedule(0));
  form.addEventListener("submit", (event) => {
    if (busy) {
      // A save under way counts the revision up: sent now, the form would look like an older page.
      event.preventDefault();
      held = event.submitter;
      return;
    }
    held = null;
    leaving = true;
    clearTimeout(timer);
    keepCopy();
  });
  // Coming back from the browser's history or from a submit that never left.
  window.addEventListener("pageshow", () => (leaving = false));
  window.addEventListener("pagehide", () => {
    if (dirty && !leaving) {
      fetch(form.dataset.draft, {
        method: "POST",
        body: body(),
        headers: { Accept: "application/json" },
        keepalive: true,
      }).catch(() => {});
    }
  });
  return { changed, lookForCopy };
};

// The page -----------------------------------------------------------------------------------------------------

const count = (form, place) => {
  const all = form.querySelectorAll("[data-counted]").length;
  const done = form.querySelectorAll('[data-counted] [name^="level-"]:checked').length;
  place.textContent = place.dataset.pattern.replace("{done}", done).replace("{all}", all);
};

const wirePlayer = (video) => {
  document.querySelectorAll("[data-skip]").forEach((button) =>
    button.addEventListener("click", () => (video.currentTime += Number(button.dataset.skip))),
  );
  document.querySelector("[data-speed]").addEventListener("change", (event) => {
    video.playbackRate = Number(event.target.value);
  });
  video.addEventListener("error", () => {
    const place = document.querySelector("[data-player-problem]");
    place.textContent = video.dataset.unplayable;
    place.hidden = false;
  });
};

const wireMoments = (form, video, changed) => {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[type=button]");
    if (!button) return;
    const moment = button.closest("[data-moment]");
    if ("play" in button.dataset && video) return playMoment(moment, video);
    if ("add" in button.dataset) addMoment(button.closest("[data-criterion]")).querySelector("input").focus();
    else if ("take" in button.dataset && video) takeTime(moment, button.dataset.take, video);
    else if ("remove" in button.dataset) removeMoment(moment);
    return changed();
  });
  // Enter in a time field must not hand the sheet in.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });
};

const start = (form) => {
  const video = document.querySelector("[data-player]");
  const counter = document.querySelector("[data-count]");
  const keeper = saver(form, document.querySelector("[data-state]"));
  const changed = () => {
    count(form, counter);
    keeper.changed();
  };
  document.querySelectorAll("[data-needs-script]").forEach((part) => {
    part.hidden = false;
  });
  if (video) wirePlayer(video);
  wireMoments(form, video, changed);
  form.addEventListener("input", changed);
  keeper.lookForCopy();
  count(form, counter);
  document.querySelector("[data-problems]")?.focus();
};

const form = document.querySelector("form[data-sheet]");
if (form) start(form);
const saved = document.querySelector("[data-saved-sheet]");
if (saved) copyOf(saved.dataset.savedSheet).drop();
