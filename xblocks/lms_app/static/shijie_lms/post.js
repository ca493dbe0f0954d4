// Sends the one form of the page on to the tool. A file of its own, so that no page needs inline script.
document.getElementById("lti-post").submit();
