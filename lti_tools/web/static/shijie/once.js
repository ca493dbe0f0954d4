// Pressed twice is meant once: nobody opens, signs off or hands in a second time by a double click. After ten
// seconds a further press counts again, for whoever waits in vain on a bad line.
const PAUSE_MS = 10000;
let last = { form: null, at: 0 };

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.target === "_blank") return;
  if (form === last.form && Date.now() - last.at < PAUSE_MS) event.preventDefault();
  else last = { form, at: Date.now() };
});
// Coming back by the browser's history, the form may be sent anew.
addEventListener("pageshow", () => { last = { form: null, at: 0 }; });
