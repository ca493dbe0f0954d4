/* Sends the whole form at once; on a failure every box stays as the author set it. */
/* global jQuery */
function ShijieTieredPathStudio(runtime, element) {
  "use strict";
  var $form = jQuery(element).find(".js-form").addBack(".js-form");
  var $answer = $form.find(".js-answer");

  function notify(name, data) {
    if (runtime.notify) {
      runtime.notify(name, data);
    }
  }

  function wanted() {
    var chosen = {};
    $form.find(".js-row").each(function () {
      chosen[jQuery(this).data("key")] = jQuery(this)
        .find("input:checked")
        .map(function () { return this.value; })
        .get();
    });
    return {
      display_name: $form.find(".js-name").val(),
      known_tiers: $form.find(".js-tiers").val(),
      tiers_by_child: chosen
    };
  }

  $form.on("submit", function (event) {
    event.preventDefault();
    notify("save", { state: "start" });
    jQuery
      .ajax({
        url: runtime.handlerUrl(element, "save_tiers"),
        type: "POST",
        contentType: "application/json",
        data: JSON.stringify(wanted())
      })
      .done(function () {
        $answer.text($form.data("saved"));
        notify("save", { state: "end" });
      })
      .fail(function (answer) {
        var reason = answer.responseJSON && answer.responseJSON.error;
        $answer.text(reason || $form.data("failed"));
        notify("error", { title: $form.data("failed"), message: reason || "" });
      });
  });

  $form.find(".js-cancel").on("click", function () {
    notify("cancel", {});
  });
}
