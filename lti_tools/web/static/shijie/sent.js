// What was kept in this browser until it was sent is forgotten once the server has it: phones are shared.
for (const key of (document.body.dataset.sent || "").split(" ")) if (key) localStorage.removeItem(key);
