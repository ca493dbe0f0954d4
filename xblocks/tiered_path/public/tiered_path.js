/* "Ask again": one question to the service through the block's own handler, then the page as it now is. */
/* global jQuery */
function ShijieTieredPath(runtime, element) {
  "use strict";
  var $element = jQuery(element);
  var $section = $element.find(".shijie-path").first();
  var $button = $section.find("> .shijie-path__standing .js-ask-again");
  var $answer = $section.find("> .shijie-path__standing .js-answer");

  function noAnswer() {
    $button.prop("disabled", false);
    $answer.text($section.data("no-answer"));
  }

  $button.on("click", function () {
    $button.prop("disabled", true);
    $answer.text($section.data("asking"));
    jQuery
      .ajax({
        url: runtime.handlerUrl(element, "refresh"),
        type: "POST",
        contentType: "application/json",
        data: "{}",
        timeout: 20000
      })
      .done(function (result) {
        if (result.answered) {
          window.location.reload();
        } else {
          noAnswer();
        }
      })
      .fail(noAnswer);
  });
}
