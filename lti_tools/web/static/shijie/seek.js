// A time in a remark takes the video there.
const video = document.getElementById("lesson-video");
for (const button of document.querySelectorAll("[data-seek]")) {
  button.addEventListener("click", () => {
    if (!video) return;
    video.currentTime = Number(button.dataset.seek);
    video.scrollIntoView({ block: "center" });
    video.play();
  });
}
