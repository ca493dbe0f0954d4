/* The two names under which the workbench's own script looks up whom and where it serves. */
window.studentId = document.body.dataset.student;
window.handlerBaseUrl = document.body.dataset.handlers;
