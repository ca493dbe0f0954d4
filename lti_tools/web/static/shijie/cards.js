// One question a card, answers kept in this browser until they are sent. Without this script the form is one long
// page and works the same.
const form = document.querySelector("form[data-cards]");

function keepAnswers(key) {
  const stored = JSON.parse(localStorage.getItem(key) || "{}");
  for (const input of form.elements) {
    if (input.type === "radio" || input.type === "checkbox") {
      if ((stored[input.name] || []).includes(input.value)) input.checked = true;
    } else if (input.tagName === "SELECT" && stored[input.name]) {
      input.value = stored[input.name][0];
    }
  }
  form.addEventListener("change", () => {
    const answers = {};
    for (const input of form.querySelectorAll("input:checked")) (answers[input.name] ||= []).push(input.value);
    for (const select of form.querySelectorAll("select")) if (select.value) answers[select.name] = [select.value];
    localStorage.setItem(key, JSON.stringify(answers));
  });
}

function button(text, quiet) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = quiet ? "button quiet" : "button";
  made.textContent = text;
  return made;
}

function showCards() {
  const cards = [...form.querySelectorAll(".question")];
  const finish = form.querySelector(".finish");
  const bar = document.createElement("p");
  bar.className = "actions";
  const back = button(form.dataset.back, true);
  const next = button(form.dataset.next, false);
  bar.append(back, next);
  const place = document.createElement("p");
  place.className = "hint";
  place.setAttribute("role", "status");
  finish.before(bar);
  form.prepend(place);
  const choose = document.createElement("p");
  choose.className = "notice warn";
  choose.setAttribute("role", "alert");
  choose.hidden = true;
  bar.before(choose);
  const answered = (card) => {
    const places = [...card.querySelectorAll("select")];
    return places.length ? places.every((place) => place.value) : card.querySelector("input:checked") !== null;
  };
  // Further questions may be left out; those of the short form may not.
  const optional = "optional" in form.dataset;
  const focus = (card) => card.querySelector("input:not([type=hidden]), select").focus();
  const first = (wanted) => cards.findIndex(wanted);
  // Who comes back goes on where they stopped; who is sent back sees what does not fit.
  const marked = first((card) => card.getAttribute("aria-invalid") === "true");
  const open = first((card) => !answered(card));
  let at = marked >= 0 ? marked : open >= 0 ? open : cards.length - 1;
  let since = Date.now();

  const countSeconds = () => {
    const field = cards[at].querySelector("input[type=hidden]");
    field.value = (Number(field.value) || 0) + Math.max(0, Math.round((Date.now() - since) / 1000));
    since = Date.now();
  };
  const show = (moved) => {
    cards.forEach((card, index) => { card.hidden = index !== at; });
    back.hidden = at === 0;
    next.hidden = at === cards.length - 1;
    choose.hidden = true;
    finish.hidden = at !== cards.length - 1 && !optional;
    for (const last of finish.querySelectorAll("[data-last]")) last.hidden = at !== cards.length - 1;
    place.textContent = form.dataset.of.replace("{n}", at + 1).replace("{all}", cards.length);
    if (moved) focus(cards[at]);
  };
  const go = (step) => { countSeconds(); at += step; show(true); };
  const ask = () => {
    choose.textContent = form.dataset.choose;
    choose.hidden = false;
    focus(cards[at]);
  };
  next.addEventListener("click", () => (optional || answered(cards[at]) ? go(1) : ask()));
  back.addEventListener("click", () => go(-1));
  form.addEventListener("change", () => show(false));
  form.addEventListener("submit", countSeconds);
  show(false);
}

if (form) {
  keepAnswers(form.dataset.keep);
  showCards();
}
